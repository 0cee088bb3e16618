"""All cached orders in Redis, with the versions they show."""

from collections.abc import AsyncIterator
from typing import Any, cast

from redis.asyncio.cluster import ClusterNode, RedisCluster

from orderflow.adapters.redis_connection import Client, RedisConnection
from orderflow.adapters.redis_keys import RedisKeys

_SCANNED_AT_ONCE = 500


class RedisOrderAudit:
    """Walks the keys without holding up the server. Raises CacheUnavailableError."""

    def __init__(self, connection: RedisConnection, prefix: str = "") -> None:
        self._connection = connection
        self._start = RedisKeys(prefix).order("")

    async def versions(self) -> AsyncIterator[list[tuple[str, int]]]:
        """Order id and version; an order may come twice."""
        async with self._connection.call() as redis:
            nodes = redis.get_primaries() if isinstance(redis, RedisCluster) else [None]
        for node in nodes:
            async for keys in self._keys(node):
                async with self._connection.call() as redis:
                    versions = await _versions(redis, keys)
                found = zip(keys, versions, strict=True)
                yield [(key.decode()[len(self._start) :], int(version)) for key, version in found if version]

    async def _keys(self, node: ClusterNode | None) -> AsyncIterator[list[bytes]]:
        pattern, cursor = f"{_escaped(self._start)}*", 0
        target: dict[str, Any] = {"target_nodes": node} if node else {}
        while True:
            async with self._connection.call() as redis:
                scanned = await redis.scan(cursor, match=pattern, count=_SCANNED_AT_ONCE, **target)
            reached, keys = cast("tuple[Any, list[bytes]]", scanned)
            yield keys
            cursor = reached[node.name] if node else reached
            if not cursor:
                return


async def _versions(redis: Client, keys: list[bytes]) -> list[bytes | None]:
    pipeline = redis.pipeline(transaction=False)
    for key in keys:
        pipeline.hget(key, "v")
    return cast("list[bytes | None]", await pipeline.execute())


def _escaped(start: str) -> str:
    """For a glob."""
    return "".join(f"\\{character}" if character in r"*?[]\^" else character for character in start)
