"""Which dead letters an operator means."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from orderflow.wire.commands import Stage
from orderflow.wire.letters import DeadLetter, LetterId

Span = tuple[int, int]
"""The first offset, and the one after the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Letters that have all that is named; `since` and `until` bound when they were set aside, `until` exclusively."""

    ids: frozenset[LetterId] = frozenset()
    stage: Stage | None = None
    key: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def matches(self, letter: DeadLetter) -> bool:
        return (
            (not self.ids or letter.id in self.ids)
            and self.stage in (None, letter.stage)
            and self.key in (None, letter.key)
            and (self.since is None or (letter.at is not None and self.since <= letter.at))
            and (self.until is None or (letter.at is not None and letter.at < self.until))
        )

    def spans(self, bounds: Mapping[int, Span]) -> dict[int, Span]:
        """Where such letters, and whatever follows them, can stand."""
        if not self.ids:
            return dict(bounds)
        firsts = {number: min(name.offset for name in self.ids if name.partition == number) for number, _ in self.ids}
        return {
            number: (max(firsts[number], begin), end) for number, (begin, end) in bounds.items() if number in firsts
        }


EVERYTHING = Selection()
