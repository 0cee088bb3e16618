"""Moments as an operator writes them: an ISO 8601 time, or so long ago."""

import re
from datetime import UTC, datetime, timedelta

_AGO = re.compile(r"([0-9]{1,6})([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def read_moment(text: str, now: datetime) -> datetime:
    """`2026-01-01T12:00:00Z`, or `90s`, `30m`, `2h`, `7d` before now; UTC where no zone is named. Raises ValueError."""
    ago = _AGO.fullmatch(text)
    try:
        if ago:
            return now - timedelta(seconds=int(ago[1]) * _SECONDS[ago[2]])
        found = datetime.fromisoformat(text)
        # An offset may lead out of the years that there are.
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("must be an ISO 8601 time, or an age such as 90s, 30m, 2h or 7d") from None
