"""All cached orders in Redis, with the versions they show."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar, cast

from redis.asyncio.cluster import ClusterNode, RedisCluster

from orderflow.adapters.redis_connection import PAUSE_SECONDS, Client, RedisConnection
from orderflow.adapters.redis_keys import RedisKeys
from orderflow.ports import CacheUnavailableError

_Answer = TypeVar("_Answer")

_SCANNED_AT_ONCE = 500
_REPEATS = 2
_NUMBER = re.compile(rb"[0-9]{1,18}")


class RedisOrderAudit:
    """Walks the keys without holding up the server. Raises CacheUnavailableError."""

    def __init__(self, connection: RedisConnection, prefix: str = "", *, pause: float = PAUSE_SECONDS) -> None:
        self._connection = connection
        self._pause = pause
        self._start = RedisKeys(prefix).order("")

    async def versions(self) -> AsyncIterator[list[tuple[str, int | None]]]:
        """Order id and version, None where that is no number; an order may come twice."""
        for node in await self._call(_nodes):
            async for keys in self._keys(node):
                versions = await self._call(partial(_versions, keys=keys))
                found = zip(keys, versions, strict=True)
                yield [(self._order_id(key), _number(version)) for key, version in found if version is not None]

    async def _keys(self, node: ClusterNode | None) -> AsyncIterator[list[bytes]]:
        pattern, cursor = f"{_escaped(self._start)}*", 0
        target: dict[str, Any] = {"target_nodes": node} if node else {}
        while True:
            scanned = await self._call(partial(_scan, cursor=cursor, match=pattern, **target))
            reached, keys = cast("tuple[Any, list[bytes]]", scanned)
            yield keys
            cursor = reached[node.name] if node else reached
            if not cursor:
                return

    async def _call(self, ask: Callable[[Client], Awaitable[_Answer]]) -> _Answer:
        """Asks again after a failure, once the circuit breaker lets it."""
        for _ in range(_REPEATS):
            with suppress(CacheUnavailableError):
                return await self._once(ask)
            await asyncio.sleep(self._pause)
        return await self._once(ask)

    async def _once(self, ask: Callable[[Client], Awaitable[_Answer]]) -> _Answer:
        async with self._connection.call() as redis:
            return await ask(redis)

    def _order_id(self, key: bytes) -> str:
        return key.decode(errors="replace")[len(self._start) :]


async def _nodes(redis: Client) -> list[ClusterNode | None]:
    return [*redis.get_primaries()] if isinstance(redis, RedisCluster) else [None]


async def _scan(redis: Client, cursor: int, **options: Any) -> object:  # noqa: ANN401 - redis-py's own
    return await redis.scan(cursor, count=_SCANNED_AT_ONCE, **options)


async def _versions(redis: Client, keys: list[bytes]) -> list[bytes | None]:
    pipeline = redis.pipeline(transaction=False)
    for key in keys:
        pipeline.hget(key, "v")
    return cast("list[bytes | None]", await pipeline.execute())


def _number(version: bytes) -> int | None:
    return int(version) if _NUMBER.fullmatch(version) else None


def _escaped(start: str) -> str:
    """For a glob."""
    return "".join(f"\\{character}" if character in r"*?[]\^" else character for character in start)
