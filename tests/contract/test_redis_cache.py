"""What only Redis can show: keys, times to live, and how little a cache that is away costs."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from orderflow.adapters.redis_cache import RedisCache
from orderflow.adapters.redis_connection import RedisConnection
from orderflow.domain.lifecycle import State
from orderflow.ports import CachedOrder, CachedOutcome, CacheUnavailableError, Refresh
from tests.contract.conftest import UNHURRIED

ORDER = CachedOrder(order_id="ord_1", version=2, body=b"{}")
REFRESH = Refresh(
    orders=[ORDER],
    outcomes=[CachedOutcome(order_id="ord_1", command_id="cmd_1", body=b"{}", lasting=True)],
    clients=["client-1"],
    states=[State.CREATED],
)
READS: list[Callable[[RedisCache], Awaitable[object]]] = [
    lambda cache: cache.order("ord_1"),
    lambda cache: cache.fill(ORDER),
    lambda cache: cache.generations(["client-1"], []),
    lambda cache: cache.page("key"),
    lambda cache: cache.fill_page("key", b"{}"),
    lambda cache: cache.outcome("ord_1", "cmd_1"),
    lambda cache: cache.mark_pending("ord_1", "cmd_1", "f"),
]


async def test_keys_have_their_names_and_expire(redis_url: str, unique: str) -> None:
    connection = RedisConnection(SecretStr(redis_url), limit=UNHURRIED)
    cache = RedisCache(connection, prefix=f"{unique}:")
    await cache.refresh(REFRESH)
    await cache.fill_page("key", b"{}")
    async with connection.call() as redis:
        keys = sorted([key async for key in redis.scan_iter(match=f"{unique}:*")])
        seconds = [await redis.ttl(key) for key in keys]
    await connection.close()
    expected = {
        "gen:client:client-1": (3_590, 3_600),
        "gen:state:created": (3_590, 3_600),
        "list:key": (25, 30),
        "order:ord_1": (265, 330),
        "outcome:ord_1:cmd_1": (86_390, 86_400),
    }
    assert [key.decode().removeprefix(f"{unique}:") for key in keys] == list(expected)
    assert all(least <= left <= most for left, (least, most) in zip(seconds, expected.values(), strict=True))


async def test_a_server_that_forgot_the_scripts_is_sent_them_again(redis_url: str, unique: str) -> None:
    connection = RedisConnection(SecretStr(redis_url), limit=UNHURRIED)
    cache = RedisCache(connection, prefix=f"{unique}:")
    await cache.refresh(REFRESH)
    async with connection.call() as redis:
        await redis.script_flush()
    assert await cache.refresh(REFRESH) is True
    await connection.close()


async def test_an_order_without_its_body_is_a_miss(redis_url: str, unique: str) -> None:
    connection = RedisConnection(SecretStr(redis_url), limit=UNHURRIED)
    async with connection.call() as redis:
        await redis.hset(f"{unique}:order:ord_1", "v", "1")
    assert await RedisCache(connection, prefix=f"{unique}:").order("ord_1") is None
    await connection.close()


@pytest.mark.parametrize("read", READS)
async def test_a_reader_of_a_closed_port_is_told_so(
    read: Callable[[RedisCache], Awaitable[object]], closed_port: int
) -> None:
    async with cache_at(closed_port) as cache:
        with pytest.raises(CacheUnavailableError):
            await read(cache)


@pytest.mark.parametrize("read", READS)
async def test_a_server_that_never_answers_costs_its_first_caller_the_limit_and_the_next_nothing(
    read: Callable[[RedisCache], Awaitable[object]],
) -> None:
    async with silent_server() as port, cache_at(port) as cache:
        started = time.monotonic()
        with pytest.raises(CacheUnavailableError):
            await read(cache)
        assert time.monotonic() - started < 0.5
        started = time.monotonic()
        for again in READS:
            with pytest.raises(CacheUnavailableError):
                await again(cache)
        assert time.monotonic() - started < 0.05


async def test_a_refresh_of_a_silent_server_is_skipped_and_counted_not_raised() -> None:
    async with silent_server() as port, cache_at(port) as cache:
        started = time.monotonic()
        assert await cache.refresh(REFRESH) is False
        assert time.monotonic() - started < 0.5
        started = time.monotonic()
        assert await cache.refresh(REFRESH) is False
        assert time.monotonic() - started < 0.05
        assert cache.skipped == 2


async def test_many_callers_of_a_silent_server_wait_together_not_in_turn() -> None:
    async with silent_server() as port, cache_at(port) as cache:
        started = time.monotonic()
        answers = await asyncio.gather(*(cache.order("ord_1") for _ in range(200)), return_exceptions=True)
        assert time.monotonic() - started < 1
        assert all(isinstance(answer, CacheUnavailableError) for answer in answers)


async def test_after_the_pause_one_call_tries_and_reopens_the_way(redis_url: str, unique: str) -> None:
    now = 0.0
    connection = RedisConnection(SecretStr(redis_url), monotonic=lambda: now)
    cache = RedisCache(connection, prefix=f"{unique}:")
    with pytest.raises(CacheUnavailableError):
        async with connection.call():
            raise TimeoutError
    assert await cache.refresh(REFRESH) is False
    now = 2.0
    assert await cache.refresh(REFRESH) is True
    assert await cache.order("ord_1") == ORDER
    await connection.close()


async def test_what_is_said_of_a_failure_names_no_server(closed_port: int) -> None:
    async with cache_at(closed_port) as cache:
        with pytest.raises(CacheUnavailableError) as refused:
            await cache.order("ord_1")
    assert str(closed_port) not in str(refused.value)


@asynccontextmanager
async def cache_at(port: int) -> AsyncIterator[RedisCache]:
    connection = RedisConnection(SecretStr(f"redis://127.0.0.1:{port}/0"))
    yield RedisCache(connection)
    await connection.close()


@asynccontextmanager
async def silent_server() -> AsyncIterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as silent:
        port: int = silent.getsockname()[1]
        yield port


@pytest.mark.parametrize("error", [RuntimeError("the handler is closed"), ConnectionResetError(), TimeoutError()])
async def test_whatever_a_broken_connection_raises_is_told_as_unavailable(redis_url: str, error: Exception) -> None:
    """uvloop has a RuntimeError for a connection that was closed while it lay in the pool."""
    connection = RedisConnection(SecretStr(redis_url), limit=UNHURRIED)
    with pytest.raises(CacheUnavailableError):
        async with connection.call():
            raise error
    await connection.close()
