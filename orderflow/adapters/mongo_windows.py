"""Windows of time in which a list looks for its orders, ever wider from where the list begins.

SecantusDB fetches and sorts everything that matches before it applies a limit (50 us for each order).
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

Filter = Mapping[str, Any]

_NARROWEST, _WIDEST, _WIDER = timedelta(seconds=1), timedelta(days=60), 4
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Span(NamedTuple):
    """Moments from `start` on and before `end`; None: without a bound there."""

    start: datetime | None = None
    end: datetime | None = None

    @property
    def filter(self) -> Filter:
        bounds = {"$gte": self.start, "$lt": self.end}
        bounded = {name: bound for name, bound in bounds.items() if bound is not None}
        return {"created_at": bounded} if bounded else {}

    @property
    def is_empty(self) -> bool:
        return self.start is not None and self.end is not None and self.start >= self.end

    def holds(self, moment: datetime) -> bool:
        return (self.start is None or self.start <= moment) and (self.end is None or moment < self.end)

    def before(self, moment: datetime) -> "Span":
        return Span(self.start, min(moment, self.end or moment))

    def since(self, moment: datetime) -> "Span":
        return Span(max(moment, self.start or moment), self.end)


def newest_first(whole: Span, now: datetime, landmark: datetime | None) -> Iterator[Span]:
    """The span in windows back from its end or from `now`, narrow again behind the landmark."""
    end, floor = whole.end, whole.start or _EPOCH
    start, width = min(now, end or now), _NARROWEST
    while width <= _WIDEST and start > floor:
        nearer, start = start, max(start - width, floor)
        if landmark and start <= landmark:
            start, width, landmark = min(landmark, nearer), _NARROWEST / _WIDER, None
        yield Span(start, end)
        end, width = start, width * _WIDER
    yield Span(whole.start, end)


def oldest_first(whole: Span, now: datetime, landmark: datetime | None) -> Iterator[Span]:
    """The span in windows from its start on or, where that is later, from the landmark on; wide again after `now`."""
    start, ceiling, width = whole.start, min(now, whole.end or now), _NARROWEST
    if landmark and landmark < ceiling and (start is None or start < landmark):
        yield Span(start, landmark)
        start = landmark
    while start and start < ceiling and width <= _WIDEST:
        end = min(start + width, ceiling)
        yield Span(start, end)
        start, width = end, width * _WIDER
    yield Span(start, whole.end)
