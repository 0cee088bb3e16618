"""The board of statistics in Redis: a hash for each partition, which only its owner renews."""

import asyncio
from collections.abc import Mapping

from orderflow.adapters.redis_connection import RedisConnection
from orderflow.adapters.redis_keys import RedisKeys
from orderflow.adapters.redis_script import Call, RedisScript
from orderflow.adapters.redis_trips import RedisTrips
from orderflow.insights.ports import Publication, Reception

_TTL_MS = 10_000


class RedisStatistics:
    """A StatisticsBoard."""

    def __init__(self, connection: RedisConnection, prefix: str = "") -> None:
        self._connection = connection
        self._trips = RedisTrips(connection)
        self._keys = RedisKeys(prefix)
        self._script = RedisScript.named("redis_statistics.lua")

    async def publish(self, publication: Publication) -> Reception:
        tenure = publication.tenure
        head = (tenure.generation, tenure.started, int(publication.whole), _TTL_MS, publication.share)
        arguments: list[str | bytes | int] = [*head]
        for client_id, counts in publication.clients.items():
            arguments += (client_id, counts)
        async with self._connection.call() as redis:
            [said] = await self._script.run(
                redis, [Call(keys=[self._keys.statistics(publication.partition)], arguments=arguments)]
            )
        return Reception[said.decode().upper()]

    async def shares(self, partitions: int) -> Mapping[int, bytes]:
        asked = (self._trips.ask("HGET", self._keys.statistics(number), "s") for number in range(partitions))
        found: list[bytes | None] = await asyncio.gather(*asked)
        return {number: share for number, share in enumerate(found) if share}

    async def client(self, client_id: str, partitions: int) -> Mapping[int, tuple[bytes, bytes | None]]:
        fields = ("s", f"c:{client_id}")
        asked = (self._trips.ask("HMGET", self._keys.statistics(number), *fields) for number in range(partitions))
        found: list[tuple[bytes | None, bytes | None]] = await asyncio.gather(*asked)
        return {number: (share, counts) for number, (share, counts) in enumerate(found) if share}
