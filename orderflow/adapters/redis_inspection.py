"""What Redis tells of itself, and whether it would run our scripts; nothing stays there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from redis.asyncio.cluster import RedisCluster
from redis.exceptions import ResponseError

from orderflow.adapters.clock_differences import ahead_of
from orderflow.adapters.redis_connection import Client, RedisConnection
from orderflow.adapters.redis_script import Call, RedisScript
from orderflow.ports import Clock

_PROBE = RedisScript("redis.call('SET', KEYS[1], '', 'PX', 1000) redis.call('DEL', KEYS[1]) return 1")
"""At once: nobody ever sees the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisFacts:
    """An answer took `seconds`; its clock is `ahead` of ours by so many, None where we may not ask.

    `memory_limit` is in bytes, 0 for none.
    """

    title: str
    clustered: bool
    memory_limit: int
    policy: str
    seconds: float
    ahead: float | None


class RedisInspection:
    """Raises CacheUnavailableError."""

    def __init__(self, connection: RedisConnection, prefix: str, clock: Clock) -> None:
        self._connection = connection
        self._key = f"{prefix}doctor"
        self._clock = clock

    async def server(self) -> RedisFacts:
        async with self._connection.call() as redis:
            one = _one_node(redis)
            told = await _info(redis, one)
            before = self._clock()
            there = await _time(redis, one)
            after = self._clock()
        return RedisFacts(
            title=_title(told),
            clustered=isinstance(redis, RedisCluster),
            memory_limit=told.get("maxmemory", 0),
            policy=told.get("maxmemory_policy", ""),
            seconds=(after - before).total_seconds(),
            ahead=ahead_of(there, before, after) if there else None,
        )

    async def refused_script(self) -> str | None:
        """Why one that writes is not run."""
        async with self._connection.call() as redis:
            try:
                await _PROBE.run(redis, [Call(keys=[self._key], arguments=[])])
            except ResponseError as refusal:
                return f"refused: {refusal}"
        return None


def _one_node(redis: Client) -> Mapping[str, Any]:
    """Whom of a cluster to ask."""
    return {"target_nodes": redis.get_default_node()} if isinstance(redis, RedisCluster) else {}


async def _info(redis: Client, one: Mapping[str, Any]) -> Mapping[str, Any]:
    """Empty for a user who may not ask."""
    try:
        told: Mapping[str, Any] = await redis.info(**one)
    except ResponseError:
        return {}
    return told


async def _time(redis: Client, one: Mapping[str, Any]) -> datetime | None:
    """None for a user who may not ask."""
    try:
        seconds, microseconds = await redis.time(**one)
    except ResponseError:
        return None
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=microseconds)


def _title(told: Mapping[str, Any]) -> str:
    if "valkey_version" in told:
        return f"Valkey {told['valkey_version']}"
    return f"Redis {told['redis_version']}" if "redis_version" in told else "a server that does not tell its version"
