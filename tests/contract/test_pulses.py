"""What an instance tells of itself, and who looks on finds."""

from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from orderflow.adapters.memory_pulses import InMemoryPulses
from orderflow.adapters.redis_connection import RedisConnection
from orderflow.adapters.redis_pulses import RedisPulses
from orderflow.ports import CacheUnavailableError, Pulses
from orderflow.wire.pulse import Pulse
from tests.contract.conftest import UNHURRIED


def pulse(instance: str = "worker@a:1", role: str = "worker", lag: int = 7) -> Pulse:
    return Pulse(
        role=role,
        instance=instance,
        host="a",
        version="0.1.0",
        at=datetime(2026, 1, 1, 12, 0, 0, 250_000, tzinfo=UTC),
        partitions=[0, 3],
        commands_per_second=12.5,
        latency_seconds={"p50": 0.004, "p99": 0.02},
        lag=lag,
        outcomes={"applied": 100, "replayed": 1},
    )


@pytest.fixture
def pulses(redis: RedisConnection | None, unique: str) -> Pulses:
    return RedisPulses(redis, prefix=f"{unique}:") if redis else InMemoryPulses()


async def test_the_last_pulse_of_each_instance_is_there(pulses: Pulses) -> None:
    assert await pulses.read_all() == []
    await pulses.write(pulse("worker@b:1"))
    await pulses.write(pulse("insights@a:1", role="insights"))
    for lag in (7, 0):
        await pulses.write(pulse("worker@a:1", lag=lag))
    assert await pulses.read_all() == [
        pulse("insights@a:1", role="insights"),
        pulse("worker@a:1", lag=0),
        pulse("worker@b:1"),
    ]


async def test_it_lasts_ten_seconds_under_its_own_key_and_what_is_unreadable_is_left_out(
    redis_url: str, unique: str
) -> None:
    connection = RedisConnection(SecretStr(redis_url), limit=UNHURRIED)
    pulses = RedisPulses(connection, prefix=f"{unique}:")
    for instance in ("worker@a:1", "worker@b:1", "worker@c:1"):
        await pulses.write(pulse(instance))
    async with connection.call() as redis:
        assert 5 <= await redis.ttl(f"{unique}:pulse:worker:worker@a:1") <= 10
        await redis.set(f"{unique}:pulse:worker:worker@a:1", b'{"role": "worker"}')
        await redis.delete(f"{unique}:pulse:worker:worker@b:1")
    assert await pulses.read_all() == [pulse("worker@c:1")]
    await connection.close()


async def test_a_redis_that_is_away_is_told_so(closed_port: int) -> None:
    connection = RedisConnection(SecretStr(f"redis://127.0.0.1:{closed_port}/0"))
    for call in (RedisPulses(connection).write(pulse()), RedisPulses(connection).read_all()):
        with pytest.raises(CacheUnavailableError):
            await call
    await connection.close()
