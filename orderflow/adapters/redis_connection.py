"""The way to Redis: a pool whose every call ends within 250 ms, or at once for two seconds after a failure."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.resources import files

from pydantic import SecretStr
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

from orderflow.adapters.circuit_breaker import CircuitBreaker, CircuitOpenError
from orderflow.ports import CacheUnavailableError

_LIMIT = 0.25
_PAUSE = 2.0
_CONNECTIONS = 50


class RedisConnection:
    """One client. It never repeats a call: a cache that is slow is not worth waiting for."""

    def __init__(self, url: SecretStr, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        pool = BlockingConnectionPool.from_url(
            url.get_secret_value(),
            max_connections=_CONNECTIONS,
            timeout=_LIMIT,
            socket_timeout=_LIMIT,
            socket_connect_timeout=_LIMIT,
            retry=Retry(NoBackoff(), 0),
            retry_on_timeout=False,
            health_check_interval=0,
            protocol=2,
        )
        self._client = Redis.from_pool(pool)
        self._breaker = CircuitBreaker(_PAUSE, monotonic)

    @asynccontextmanager
    async def call(self) -> AsyncIterator[Redis]:
        """The client, for one call. Raises CacheUnavailableError, without its cause's text, which may hold the URL."""
        try:
            with self._breaker.call():
                async with asyncio.timeout(_LIMIT):
                    yield self._client
        except (RedisError, OSError, CircuitOpenError) as error:
            raise CacheUnavailableError(type(error).__name__) from error

    def script(self, name: str) -> AsyncScript:
        """A Lua script of this package, sent by its hash and, where the server lacks it, in full."""
        return self._client.register_script(files(__package__).joinpath(name).read_text())

    async def close(self) -> None:
        await self._client.aclose()
