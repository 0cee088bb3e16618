"""Token buckets: how often something may happen."""

from collections.abc import Callable
from dataclasses import dataclass

from orderflow.access.remembered import Remembered

_BUCKETS = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a second in the long run, so many at once."""

    per_second: float
    burst: int

    @property
    def interval(self) -> float:
        return 1 / self.per_second


class Buckets:
    """A bucket for each name, kept as one number: the moment when it will be full again."""

    def __init__(self, rate: Rate, monotonic: Callable[[], float]) -> None:
        self._rate = rate
        self._monotonic = monotonic
        self._full_at: Remembered[float] = Remembered(_BUCKETS)

    def wait(self, name: str) -> float:
        """Seconds until the bucket holds a token; 0 where it does."""
        full_at = self._full_at.get(name)
        if full_at is None:
            return 0.0
        return max(0.0, full_at - self._monotonic() - (self._rate.burst - 1) * self._rate.interval)

    def take(self, name: str) -> float:
        """Take a token, where there is one; seconds until there will be."""
        seconds = self.wait(name)
        if not seconds:
            self.owe(name, 1)
        return seconds

    def owe(self, name: str, tokens: int) -> None:
        """Take them, whether they are there or not."""
        now = self._monotonic()
        self._full_at.put(name, max(now, self._full_at.get(name) or now) + tokens * self._rate.interval)
