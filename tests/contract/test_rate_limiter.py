"""One suite for every rate limiter; in Redis the buckets are those of all facades."""

import asyncio
import time
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from orderflow.access.ports import RateLimiter
from orderflow.access.rates import Rate
from orderflow.adapters.memory_rate_limiter import InMemoryRateLimiter
from orderflow.adapters.redis_connection import RedisConnection
from orderflow.adapters.redis_rate_limiter import RedisRateLimiter
from tests.contract.conftest import UNHURRIED
from tests.eventually import eventually

Limited = Callable[[Rate], RateLimiter]


@pytest.fixture
def limited(redis: RedisConnection | None, unique: str) -> Limited:
    """Makes limiters; those in Redis share their buckets."""
    if redis:
        return lambda rate: RedisRateLimiter(redis, rate, f"{unique}:")
    return lambda rate: InMemoryRateLimiter(rate, time.monotonic)


async def test_a_burst_goes_through_and_no_more(limited: Limited) -> None:
    limiter = limited(Rate(per_second=0.01, burst=5))
    waits = await asyncio.gather(*(limiter.take("alice") for _ in range(8)))
    assert sorted(waits)[:5] == [0] * 5
    assert all(0 < wait <= 100 for wait in sorted(waits)[5:])


async def test_each_principal_has_its_own_bucket(limited: Limited) -> None:
    limiter = limited(Rate(per_second=0.01, burst=1))
    assert await limiter.take("alice") == 0
    assert await limiter.take("bob {with} any: character\n") == 0
    assert await limiter.take("alice") > 99


async def test_what_is_owed_is_waited_for(limited: Limited) -> None:
    limiter = limited(Rate(per_second=0.01, burst=5))
    await limiter.owe("alice", 7)
    assert 200 < await limiter.take("alice") <= 300


async def test_who_waits_is_let_through_again(limited: Limited) -> None:
    limiter = limited(Rate(per_second=20, burst=2))
    for _ in range(2):
        assert await limiter.take("alice") == 0

    async def admitted() -> bool:
        return not await limiter.take("alice")

    started = time.monotonic()
    await eventually(admitted)
    await eventually(admitted)
    assert time.monotonic() - started >= 0.08


async def test_two_facades_share_a_bucket(redis_url: str, unique: str) -> None:
    rate = Rate(per_second=0.01, burst=2)
    connections = [RedisConnection(SecretStr(redis_url), limit=UNHURRIED) for _ in range(2)]
    limiters = [RedisRateLimiter(connection, rate, f"{unique}:") for connection in connections]
    assert [await limiter.take("alice") for limiter in limiters] == [0, 0]
    assert all([await limiter.take("alice") for limiter in limiters])
    for connection in connections:
        await connection.close()


async def test_a_redis_that_is_away_limits_nobody(closed_port: int) -> None:
    connection = RedisConnection(SecretStr(f"redis://127.0.0.1:{closed_port}/0"))
    limiter = RedisRateLimiter(connection, Rate(per_second=0.01, burst=1))
    assert [await limiter.take("alice") for _ in range(3)] == [0, 0, 0]
    await connection.close()


async def test_a_bucket_that_is_full_takes_no_room(redis_url: str, unique: str) -> None:
    connection = RedisConnection(SecretStr(redis_url), limit=UNHURRIED)
    await RedisRateLimiter(connection, Rate(per_second=5, burst=3), f"{unique}:").take("alice")

    async def gone() -> bool:
        async with connection.call() as redis:
            return not await redis.keys(f"{unique}:*")

    assert not await gone()
    await eventually(gone)
    await connection.close()
