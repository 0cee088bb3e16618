"""How far a server's clock is from ours."""

from datetime import datetime


def ahead_of(there: datetime, before: datetime, after: datetime) -> float:
    """Seconds by which it lies outside of what was measured around it; negative where it is behind."""
    return max(0.0, (there - after).total_seconds()) + min(0.0, (there - before).total_seconds())
