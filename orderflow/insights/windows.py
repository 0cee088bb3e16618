"""The last hour in windows of a minute of event time: how many moves there were, and how long states lasted."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from orderflow.domain.lifecycle import State
from orderflow.domain.standing import Happening, Standing

MINUTE = 60_000
"""In milliseconds."""
MINUTES = 60


@dataclass(slots=True)
class Stay:
    """How long orders were in a state that they left, in milliseconds."""

    count: int = 0
    total: int = 0
    longest: int = 0

    def add(self, other: "Stay") -> None:
        self.count += other.count
        self.total += other.total
        self.longest = max(self.longest, other.longest)


@dataclass(slots=True)
class _Window:
    moves: int = 0
    stays: dict[State, Stay] = field(default_factory=dict)


class Windows:
    """At most an hour of windows: their memory is bounded. They begin anew with whoever takes a partition over."""

    def __init__(self) -> None:
        self._windows: dict[int, _Window] = {}

    def note(self, event: Happening, before: Standing | None, now: int) -> None:
        """What happened more than an hour ago is left out, and what a clock of tomorrow says happened."""
        minute = event.at // MINUTE
        if not event.is_move or minute not in _kept(now):
            return
        if minute not in self._windows:
            self._forget(now)
        window = self._windows.setdefault(minute, _Window())
        window.moves += 1
        if before is not None and before.state is event.previous_state:
            stayed = max(0, event.at - before.since)
            window.stays.setdefault(before.state, Stay()).add(Stay(1, stayed, stayed))

    def moves(self, now: int) -> Counter[int]:
        """Minute since 1970 -> moves."""
        self._forget(now)
        return Counter({minute: window.moves for minute, window in self._windows.items()})

    def stays(self, now: int) -> dict[State, Stay]:
        """Of the states that were left within the hour."""
        self._forget(now)
        return added_stays(window.stays for window in self._windows.values())

    def _forget(self, now: int) -> None:
        self._windows = {minute: window for minute, window in self._windows.items() if minute in _kept(now)}


def added_stays(stays: Iterable[Mapping[State, Stay]]) -> dict[State, Stay]:
    added: dict[State, Stay] = {}
    for some in stays:
        for state, stay in some.items():
            added.setdefault(state, Stay()).add(stay)
    return added


def _kept(now: int) -> range:
    """The last sixty minutes, and the next one: clocks differ."""
    newest = now // MINUTE
    return range(newest - MINUTES + 1, newest + 2)
