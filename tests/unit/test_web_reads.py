"""Reads: from the cache while it is as new as what was heard, else from the database; pages that hold still."""

import asyncio

import pytest

from orderflow.domain.listing import ListQuery
from orderflow.domain.order import Order
from orderflow.ports import CachedOrder
from orderflow.wire.representations import encode_order
from tests.builders import RULES, stored_order
from tests.unit.facade_loop import ORDER, Client, Loop, running


class Unreachable:
    """A database that does not answer."""

    async def get(self, order_id: str) -> None:
        raise OSError(order_id)

    async def find(self, query: ListQuery) -> None:
        raise OSError(query)

    async def ping(self) -> None:
        raise OSError


async def x_cache(client: Client, path: str) -> str:
    answer = await client.send("GET", path)
    assert answer.status == 200, await answer.text()
    return answer.headers["X-Cache"]


async def test_an_order_just_written_is_read_from_the_cache(client: Client) -> None:
    assert await x_cache(client, f"/orders/{await client.create()}") == "HIT"


async def test_an_order_the_cache_lost_is_read_and_kept_again() -> None:
    loop = Loop()
    async with running(loop) as client:
        loop.skips_cache = True
        order_id = await client.create()
        assert await x_cache(client, f"/orders/{order_id}") == "BYPASS"
        loop.now += 30
        assert await x_cache(client, f"/orders/{order_id}") == "MISS"
        assert await x_cache(client, f"/orders/{order_id}") == "HIT"


async def test_an_older_cached_order_is_a_miss() -> None:
    loop = Loop()
    async with running(loop) as client:
        order_id = await client.create()
        await client.move(order_id, "confirmed")
        order = stored_order().order
        old = CachedOrder(order_id=order_id, version=1, body=encode_order(order, RULES.lifecycle))
        loop.cache._orders[order_id] = old  # noqa: SLF001 - a cache that lags cannot be had otherwise
        answer = await client.send("GET", f"/orders/{order_id}")
        assert (answer.headers["X-Cache"], (await answer.json())["state"]) == ("MISS", "confirmed")


async def test_reads_and_writes_go_on_without_the_cache() -> None:
    loop = Loop()
    loop.cache.away = True
    async with running(loop) as client:
        order_id = await client.create()
        assert await x_cache(client, f"/orders/{order_id}") == "BYPASS"
        assert await x_cache(client, "/orders?client_id=client-123") == "BYPASS"
        assert (await client.move(order_id, "confirmed")).status == 200


async def test_what_is_cached_is_read_without_the_database() -> None:
    loop = Loop()
    async with running(loop) as client:
        order_id = await client.create()
    loop.store = Unreachable()  # type: ignore[assignment]
    async with running(loop) as client:
        assert await x_cache(client, f"/orders/{order_id}") == "HIT"
        for path in ("/orders/ord_other", f"/orders/{order_id}/history", "/orders?state=created"):
            answer = await client.send("GET", path)
            assert (answer.status, (await answer.json())["type"]) == (503, "unavailable"), path


async def test_a_write_whose_order_cannot_be_read_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = Loop()
    loop.cache.away = True
    async with running(loop) as client:
        monkeypatch.setattr(loop.store, "get", Unreachable().get)
        answer = await client.send("POST", "/orders", json=ORDER)
        body = await answer.json()
        assert (answer.status, body["status"]) == (202, "applied")
        assert (await (await client.send("GET", answer.headers["Location"])).json())["status"] == "applied"


async def test_a_list_is_cached_until_an_order_in_it_changes(client: Client) -> None:
    path = "/orders?client_id=client-123&state=created"
    order_id = await client.create()
    assert await x_cache(client, path) == "MISS"
    assert await x_cache(client, path) == "HIT"
    assert await x_cache(client, path + "&limit=3") == "MISS"
    await client.move(order_id, "confirmed")
    answer = await client.send("GET", path)
    assert (answer.headers["X-Cache"], (await answer.json())["orders"]) == ("MISS", [])


async def test_a_page_asked_for_by_many_at_once_is_read_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    await client.create()
    find, released, asked = client.loop.store.find, asyncio.Event(), []
    page = client.loop.cache.page

    async def counted_page(key: str) -> bytes | None:
        asked.append(key)
        if len(asked) == 5:
            released.set()
        return await page(key)

    async def slow_find(query: ListQuery) -> list[Order]:
        monkeypatch.setattr(client.loop.store, "find", None)
        await released.wait()
        return await find(query)

    monkeypatch.setattr(client.loop.cache, "page", counted_page)
    monkeypatch.setattr(client.loop.store, "find", slow_find)
    assert await asyncio.gather(*(x_cache(client, "/orders?client_id=client-123") for _ in range(5))) == ["MISS"] * 5


async def test_a_list_of_everything_is_not_cached(client: Client) -> None:
    await client.create()
    assert await x_cache(client, "/orders") == "BYPASS"
    assert await x_cache(client, "/orders") == "BYPASS"


async def test_lists_bypass_a_cache_whose_refresh_was_skipped() -> None:
    loop = Loop(skips_cache=True)
    async with running(loop) as client:
        await client.create()
        assert await x_cache(client, "/orders?client_id=client-123") == "BYPASS"


async def test_health_tells_what_is_away() -> None:
    loop = Loop()
    async with running(loop) as client:
        assert (await client.send("GET", "/livez")).status == 200
        ready = await client.send("GET", "/readyz")
        assert (ready.status, (await ready.json())["status"]) == (200, "ready")
        loop.ready, loop.cache.away = False, True
        away = await client.send("GET", "/readyz")
        problem = await away.json()
        assert (away.status, problem["type"]) == (503, "unavailable")
        assert problem["checks"] == {"kafka": "away", "mongodb": "ok", "redis": "away"}
        loop.refusal = "topic t has 3 partitions, not 4"
        refused = await (await client.send("GET", "/readyz")).json()
        assert refused["checks"]["kafka"] == "topic t has 3 partitions, not 4"


async def test_an_unreachable_database_is_not_ready() -> None:
    loop = Loop()
    loop.store = Unreachable()  # type: ignore[assignment]
    async with running(loop) as client:
        answer = await client.send("GET", "/readyz")
        assert (answer.status, (await answer.json())["checks"]["mongodb"]) == (503, "away")
