"""Commands on shared trips to Redis: how many trips, and whose failure is whose."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from redis.exceptions import ResponseError

from orderflow.adapters.redis_trips import RedisTrips
from orderflow.ports import CacheUnavailableError
from tests.eventually import eventually


class Redis:
    """Answers a command with its own words, when it is let go; keeps book of what travelled together."""

    def __init__(self) -> None:
        self.trips: list[list[tuple[Any, ...]]] = []
        self.go = asyncio.Event()
        self.go.set()
        self.away = False
        self.answers: list[Any] | None = None
        self.fails: BaseException | None = None

    @asynccontextmanager
    async def call(self) -> AsyncIterator["Redis"]:
        if self.away:
            raise CacheUnavailableError("away")
        self.trips.append([])
        yield self

    def pipeline(self, *, transaction: bool) -> "Redis":
        assert not transaction
        return self

    def execute_command(self, *command: object) -> None:
        self.trips[-1].append(command)

    async def execute(self, *, raise_on_error: bool) -> list[Any]:
        assert not raise_on_error
        asked = self.trips[-1]
        await self.go.wait()
        if self.fails:
            raise self.fails
        return self.answers or asked


@pytest.fixture
def redis() -> Redis:
    return Redis()


@pytest.fixture
def trips(redis: Redis) -> RedisTrips:
    return RedisTrips(redis)  # type: ignore[arg-type]


async def test_what_is_asked_in_one_moment_travels_together_and_each_gets_its_own_answer(
    redis: Redis, trips: RedisTrips
) -> None:
    found = await asyncio.gather(*(trips.ask("GET", f"key-{number}") for number in range(3)))
    assert found == [("GET", "key-0"), ("GET", "key-1"), ("GET", "key-2")]
    assert [len(trip) for trip in redis.trips] == [3]


async def test_a_slow_trip_keeps_nobody_waiting_who_asks_later(redis: Redis, trips: RedisTrips) -> None:
    held = redis.go
    held.clear()
    slow = asyncio.create_task(trips.ask("GET", "slow"))
    await eventually(lambda: len(redis.trips) == 1)
    redis.go = asyncio.Event()
    redis.go.set()
    assert await trips.ask("GET", "quick") == ("GET", "quick")
    assert not slow.done()
    held.set()
    assert await slow == ("GET", "slow")


async def test_a_cache_that_is_away_is_so_for_everyone(redis: Redis, trips: RedisTrips) -> None:
    redis.away = True
    ends = await asyncio.gather(trips.ask("GET", "a"), trips.ask("GET", "b"), return_exceptions=True)
    assert [type(end) for end in ends] == [CacheUnavailableError, CacheUnavailableError]


async def test_who_gives_up_takes_nothing_from_the_others(redis: Redis, trips: RedisTrips) -> None:
    redis.go.clear()
    impatient, patient = (asyncio.create_task(trips.ask("GET", name)) for name in ("a", "b"))
    await asyncio.sleep(0)
    impatient.cancel()
    redis.go.set()
    assert await patient == ("GET", "b")


async def test_a_command_that_is_refused_fails_alone(redis: Redis, trips: RedisTrips) -> None:
    redis.answers = [b"one", ResponseError("WRONGTYPE")]
    good, bad = await asyncio.gather(trips.ask("GET", "a"), trips.ask("GET", "b"), return_exceptions=True)
    assert (good, repr(bad)) == (b"one", "CacheUnavailableError('ResponseError')")


@pytest.mark.parametrize("failure", [ValueError("a bug"), asyncio.CancelledError()])
async def test_whatever_fails_a_trip_keeps_nobody_waiting(
    redis: Redis, trips: RedisTrips, failure: BaseException
) -> None:
    redis.fails = failure
    ends = await asyncio.gather(trips.ask("GET", "a"), trips.ask("GET", "b"), return_exceptions=True)
    assert [type(end) for end in ends] == [CacheUnavailableError, CacheUnavailableError]
    assert ends[0] is not ends[1]
