"""Windows of time in which a list looks for its orders, newest first."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

Filter = Mapping[str, Any]

_NARROWEST, _WIDEST, _WIDER = timedelta(seconds=1), timedelta(days=60), 4
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def windows(end: datetime | None, now: datetime, landmark: datetime | None) -> Iterator[Filter]:
    """Ranges of `created_at` back from `end` (without one from `now`), ever wider, narrow again behind the landmark.

    SecantusDB fetches and sorts everything that matches before it applies a limit (50 us for each order).
    """
    until = {"$lt": end} if end else {}
    start, width = end or now, _NARROWEST
    while width <= _WIDEST and start > _EPOCH:
        start -= width
        if landmark and start <= landmark:
            start, width, landmark = min(landmark, start + width), _NARROWEST / _WIDER, None
        yield {"created_at": {"$gte": start, **until}}
        until, width = {"$lt": start}, width * _WIDER
    yield {"created_at": until}
