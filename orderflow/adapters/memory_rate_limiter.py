"""Token buckets in memory: the twin of those in Redis, for one process."""

from collections.abc import Callable

from orderflow.access.rates import Buckets, Rate


class InMemoryRateLimiter:
    """RateLimiter."""

    def __init__(self, rate: Rate, monotonic: Callable[[], float]) -> None:
        self._buckets = Buckets(rate, monotonic)

    async def take(self, name: str) -> float:
        return self._buckets.take(name)

    async def owe(self, name: str, times: int) -> None:
        self._buckets.owe(name, times)
