"""The way to Redis, one server or a cluster: every call ends within 250 ms, or at once for 2 s after a failure."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from pydantic import SecretStr
from redis.asyncio import BlockingConnectionPool, Redis, SSLConnection
from redis.asyncio.cluster import RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisClusterException, RedisError, ResponseError

from orderflow.adapters.circuit_breaker import CircuitBreaker, CircuitOpenError
from orderflow.adapters.server_urls import url_refusals_told
from orderflow.ports import CacheUnavailableError

LIMIT_SECONDS = 0.25
PAUSE_SECONDS = 2.0
_CONNECTIONS = 50
_CONNECTIONS_PER_NODE = 500
"""Without waiting: a cluster's client has no queue for them."""

Client = Redis | RedisCluster


class RedisConnection:
    """Asks the server once whether it is a cluster's. No call is repeated: a slow cache is not worth waiting for.

    Raises UnusableUrlError.
    """

    def __init__(
        self, url: SecretStr, *, limit: float = LIMIT_SECONDS, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._url = url
        self._limit = limit
        self._server = Redis.from_pool(_pool(url, limit))
        self._client: Client | None = None
        self._breaker = CircuitBreaker(PAUSE_SECONDS, monotonic)

    @asynccontextmanager
    async def call(self) -> AsyncIterator[Client]:
        """The client, for one call. Raises CacheUnavailableError, without its cause's text, which may hold the URL."""
        try:
            with self._breaker.call():
                async with asyncio.timeout(self._limit):
                    yield self._client or await self._find_client()
        except (RedisError, RedisClusterException, OSError, RuntimeError, CircuitOpenError) as error:
            # uvloop has a RuntimeError for a connection that was closed while it lay in the pool.
            raise CacheUnavailableError(type(error).__name__) from error

    async def close(self) -> None:
        await self._server.aclose()
        if self._client and self._client is not self._server:
            await self._client.aclose()

    async def _find_client(self) -> Client:
        clustered = await self._is_clustered()
        if self._client is None:
            self._client = _cluster(self._url, self._limit) if clustered else self._server
        return self._client

    async def _is_clustered(self) -> bool:
        try:
            return bool((await self._server.info("cluster")).get("cluster_enabled"))
        except ResponseError:
            # A proxy, or a user who may not ask: these show one server.
            return False


def _pool(url: SecretStr, limit: float) -> BlockingConnectionPool:
    with url_refusals_told():
        pool = BlockingConnectionPool.from_url(
            url.get_secret_value(),
            max_connections=_CONNECTIONS,
            timeout=limit,
            retry_on_timeout=False,
            **_limits(limit),
        )
        # An option that no connection knows would come out of every call, and a missing file, too.
        connection = pool.connection_class(**pool.connection_kwargs)
        if isinstance(connection, SSLConnection):
            connection.ssl_context.get()
    return pool


def _cluster(url: SecretStr, limit: float) -> RedisCluster:
    return RedisCluster.from_url(url.get_secret_value(), max_connections=_CONNECTIONS_PER_NODE, **_limits(limit))


def _limits(seconds: float) -> dict[str, Any]:
    return {
        "socket_timeout": seconds,
        "socket_connect_timeout": seconds,
        "retry": Retry(NoBackoff(), 0),
        "health_check_interval": 0,
        "protocol": 2,
    }
