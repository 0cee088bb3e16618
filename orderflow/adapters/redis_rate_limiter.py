"""Token buckets in Redis, one for each principal and the same for all facades."""

import hashlib
from contextlib import suppress

from orderflow.access.rates import Rate
from orderflow.adapters.redis_connection import RedisConnection
from orderflow.adapters.redis_keys import RedisKeys
from orderflow.adapters.redis_script import Call, RedisScript
from orderflow.ports import CacheUnavailableError

_MICRO = 1_000_000
_BOTTOMLESS = 2**31


class RedisRateLimiter:
    """RateLimiter. A Redis that is away or slow limits nobody; its circuit breaker keeps that from costing time."""

    def __init__(self, connection: RedisConnection, rate: Rate, prefix: str = "") -> None:
        self._connection = connection
        self._keys = RedisKeys(prefix)
        self._take = RedisScript.named("redis_rate.lua")
        self._interval, self._burst = max(1, round(rate.interval * _MICRO)), rate.burst

    async def take(self, name: str) -> float:
        return await self._taken(name, self._burst, 1)

    async def owe(self, name: str, times: int) -> None:
        await self._taken(name, _BOTTOMLESS, times)

    async def _taken(self, name: str, burst: int, tokens: int) -> float:
        with suppress(CacheUnavailableError):
            async with self._connection.call() as redis:
                key = self._keys.rate(hashlib.sha256(name.encode()).hexdigest())
                [wait] = await self._take.run(redis, [Call(keys=[key], arguments=(self._interval, burst, tokens))])
                return float(wait) / _MICRO
        return 0.0
