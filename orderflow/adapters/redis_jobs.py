"""Jobs of bulk requests in Redis, for 24 hours, and the heartbeats of those that are under way."""

from typing import cast

from orderflow.adapters.redis_connection import RedisConnection
from orderflow.adapters.redis_keys import RedisKeys
from orderflow.adapters.redis_trips import RedisTrips

_SECOND = 1_000
_JOB_TTL = 24 * 3_600 * _SECOND
_BEAT_TTL = 10 * _SECOND


class RedisJobs:
    """A JobStore."""

    def __init__(self, connection: RedisConnection, prefix: str = "") -> None:
        self._trips = RedisTrips(connection)
        self._keys = RedisKeys(prefix)

    async def job(self, job_id: str) -> bytes | None:
        return cast("bytes | None", await self._trips.ask("GET", self._keys.job(job_id)))

    async def keep(self, job_id: str, job: bytes) -> None:
        await self._trips.ask("SET", self._keys.job(job_id), job, "PX", _JOB_TTL)

    async def beat(self, job_id: str) -> None:
        await self._trips.ask("SET", self._keys.beat(job_id), b"", "PX", _BEAT_TTL)

    async def is_alive(self, job_id: str) -> bool:
        return bool(await self._trips.ask("EXISTS", self._keys.beat(job_id)))
