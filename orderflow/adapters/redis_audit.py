"""All cached orders in Redis, with the versions they show."""

from collections.abc import AsyncIterator
from typing import cast

from redis.asyncio import Redis

from orderflow.adapters.redis_connection import RedisConnection
from orderflow.adapters.redis_keys import RedisKeys

_SCANNED_AT_ONCE = 500


class RedisOrderAudit:
    """Walks the keys without holding up the server. Raises CacheUnavailableError."""

    def __init__(self, connection: RedisConnection, prefix: str = "") -> None:
        self._connection = connection
        self._start = RedisKeys(prefix).order("")

    async def versions(self) -> AsyncIterator[list[tuple[str, int]]]:
        """Order id and version; an order may come twice."""
        cursor, pattern = 0, f"{_escaped(self._start)}*"
        while True:
            async with self._connection.call() as redis:
                scanned = await redis.scan(cursor, match=pattern, count=_SCANNED_AT_ONCE)
            cursor, keys = cast("tuple[int, list[bytes]]", scanned)
            async with self._connection.call() as redis:
                versions = await _versions(redis, keys)
            found = zip(keys, versions, strict=True)
            yield [(key.decode()[len(self._start) :], int(version)) for key, version in found if version]
            if not cursor:
                return


async def _versions(redis: Redis, keys: list[bytes]) -> list[bytes | None]:
    pipeline = redis.pipeline(transaction=False)
    for key in keys:
        pipeline.hget(key, "v")
    return cast("list[bytes | None]", await pipeline.execute())


def _escaped(start: str) -> str:
    """For a glob."""
    return "".join(f"\\{character}" if character in r"*?[]\^" else character for character in start)
