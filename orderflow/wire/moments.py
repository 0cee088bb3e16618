"""Moments as they are asked for: an ISO 8601 time or, by operators, so long ago."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from annotated_types import Len
from pydantic import TypeAdapter

from orderflow.domain.limits import MAX_TEXT, Documented, Instant

_AGO = re.compile(r"([0-9]{1,6}(?=[smh])|[0-9]{1,5}(?=d))([smhd])")
_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}

Moment = Annotated[
    str,
    Len(1, MAX_TEXT),
    Documented(
        formats=("date-time", "date"),
        pattern="([0-9]{1,6}[smh]|[0-9]{1,5}d)",
        description="An ISO 8601 time, or so long ago: `90s`, `30m`, `2h`, `7d`.",
    ),
]
"""What read_moment reads."""


def read_moment(text: str, now: datetime) -> datetime:
    """`2026-01-01T12:00:00Z`, or `90s`, `30m`, `2h`, `7d` before now; UTC where no zone is named. Raises ValueError."""
    try:
        if _AGO.fullmatch(text):
            return now - read_age(text)
        found = datetime.fromisoformat(text)
        # An offset may lead out of the years that there are.
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("must be an ISO 8601 time, or an age such as 90s, 30m, 2h or 7d") from None


def read_age(text: str) -> timedelta:
    """`90s`, `30m`, `2h`, `7d`. Raises ValueError."""
    ago = _AGO.fullmatch(text)
    if not ago:
        raise ValueError("must be an age such as 90s, 30m, 2h or 7d")
    return timedelta(seconds=int(ago[1]) * _SECONDS[ago[2]])


def read_instant(text: str) -> datetime:
    """An ISO 8601 time with its zone, up to the next millisecond: stored moments compare to either alike.

    Raises ValueError.
    """
    try:
        found = _INSTANT.validate_python(datetime.fromisoformat(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            "must be an ISO 8601 time with its zone, such as 2026-01-01T12:00:00Z; a + is written %2B"
        ) from None
    return found + timedelta(microseconds=-found.microsecond % 1000)
