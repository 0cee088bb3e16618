"""Lists over HTTP: their pages, what they show and count, and how they are refused."""

import asyncio
from typing import Any

import pytest

from orderflow.domain.listing import ListQuery, Total
from tests.unit.facade_loop import Client

MINE = "/orders?client_id=client-123"


async def body_of(client: Client, path: str) -> Any:  # noqa: ANN401
    answer = await client.send("GET", path)
    assert answer.status == 200, await answer.text()
    return await answer.json()


async def refusal(client: Client, path: str) -> tuple[int, str]:
    answer = await client.send("GET", path)
    return answer.status, (await answer.json())["errors"][0]["parameter"]


@pytest.mark.parametrize("sort", ["", "created_at", "-created_at", "updated_at", "-updated_at"])
async def test_a_list_is_walked_by_its_links_which_keep_the_query(client: Client, sort: str) -> None:
    ids = [await client.create(actor=str(number)) for number in range(5)]
    await client.create(client_id="another")
    start = f"{MINE}&state=created&limit=2&created_after=2026-01-01T13:00:00%2B02:00" + (
        f"&sort={sort}" if sort else ""
    )
    path: str | None = start
    seen: list[str] = []
    while path:
        answer = await client.send("GET", path)
        body = await answer.json()
        seen += [order["order_id"] for order in body["orders"]]
        links = {name: link["url"].raw_path_qs for name, link in answer.links.items()}  # type: ignore[union-attr]
        assert ("next" in links) == (body["next_cursor"] is not None)
        assert links.get("first") == (None if path == start else start)
        path = links.get("next")
    assert seen == sorted(ids, reverse=not sort or sort.startswith("-"))


async def test_an_order_is_listed_by_its_reference_and_its_time(client: Client) -> None:
    order_id = await client.create(external_ref="shop 77/ü")
    await client.create()
    for query, found in (
        ("external_ref=shop%2077/%C3%BC", [order_id]),
        ("external_ref=shop", []),
        ("external_ref=%00", []),
        ("external_ref=%ED%A0%80%FF", []),
        ("external_ref=shop%2077/%C3%BC&created_before=2026-01-01T12:00:00Z", []),
        ("external_ref=shop%2077/%C3%BC&created_after=2026-01-01T12:00:00Z", [order_id]),
    ):
        assert [order["order_id"] for order in (await body_of(client, f"{MINE}&{query}"))["orders"]] == found, query


async def test_only_the_fields_that_were_named_are_shown(client: Client) -> None:
    order_id = await client.create()
    whole = await body_of(client, f"/orders/{order_id}")
    excerpt = {"order_id": order_id, "state": "created", "total": 100.0}
    for path in (f"/orders/{order_id}?fields=total,state", f"{MINE}&fields=total,state,total"):
        shown = await body_of(client, path)
        assert shown.get("orders", [shown]) == [excerpt]
    everything = await body_of(client, f"/orders/{order_id}?fields={','.join(whole)}")
    assert list(everything.items()) == list(whole.items())
    for path in (f"/orders/{order_id}?fields=secret", f"{MINE}&fields="):
        assert await refusal(client, path) == (422, "fields")
    assert await refusal(client, f"/orders/{order_id}?limit=1") == (422, "limit")


async def test_a_list_says_how_many_it_has_when_it_is_asked(client: Client) -> None:
    for _ in range(3):
        await client.create()
    page = await body_of(client, f"{MINE}&limit=2&total=estimated")
    assert page["total"] == {"value": 3, "relation": "eq"}
    following = await body_of(client, f"{MINE}&limit=2&total=estimated&cursor={page['next_cursor']}")
    assert (following["total"], len(following["orders"])) == ({"value": 3, "relation": "eq"}, 1)
    assert (await body_of(client, "/orders?state=failed&total=estimated"))["total"] == {"value": 0, "relation": "eq"}
    assert "total" not in await body_of(client, f"{MINE}&limit=2")


async def counts_no_end(_: ListQuery, at_most: int) -> Total:
    return Total(at_most, exact=False)


async def test_counting_has_an_end_that_is_said(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.loop.store, "count", counts_no_end)
    assert (await body_of(client, "/orders?total=estimated"))["total"] == {"value": 10_000, "relation": "gte"}


async def test_more_orders_than_can_be_sorted_are_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client.loop.store, "count", counts_no_end)
    assert await refusal(client, f"{MINE}&sort=-updated_at") == (422, "sort")
    assert (await body_of(client, f"{MINE}&sort=-created_at"))["orders"] == []


async def test_a_changed_order_is_the_last_changed_at_once(client: Client) -> None:
    first, second = await client.create(), await client.create()
    path = f"{MINE}&sort=-updated_at"
    assert len((await body_of(client, path))["orders"]) == 2
    await client.move(first, "confirmed")
    await client.move(second, "confirmed")
    assert {order["state"] for order in (await body_of(client, path))["orders"]} == {"confirmed"}


@pytest.mark.parametrize(
    "query",
    ["limit=0", "state=gone", "cursor=x", "client_id=a%20b", "page=1", "limit=1&limit=2", "%FF=%FF", "sort=updated_at"],
)
async def test_a_bad_query_names_its_parameter(client: Client, query: str) -> None:
    for path in (f"/orders?{query}", f"/orders?{query}&total=estimated"):
        assert (await refusal(client, path))[0] == 422


async def test_a_cursor_opens_no_other_list(client: Client) -> None:
    for _ in range(2):
        await client.create()
    cursor = (await body_of(client, f"{MINE}&limit=1"))["next_cursor"]
    for other in ("/orders?limit=1", f"{MINE}&state=created", f"{MINE}&sort=created_at", f"{MINE}&external_ref=x"):
        assert await refusal(client, f"{other}&cursor={cursor}") == (422, "cursor")


@pytest.mark.parametrize("status", [200, 422])
async def test_head_is_get_without_the_body(client: Client, status: int) -> None:
    for _ in range(2):
        await client.create()
    path = f"{MINE}&limit=1" if status == 200 else "/orders?limit=0"
    shown, headed = await client.send("GET", path), await client.send("HEAD", path)
    assert (shown.status, headed.status, await headed.read()) == (status, status, b"")
    for name in ("Content-Type", "Content-Length", "ETag", "Link", "Cache-Control"):
        assert headed.headers.get(name) == shown.headers.get(name), name


@pytest.mark.parametrize(
    "query", [b"external_ref=\xff", b"client_id=\xed\xa0\x80", b"cursor=\xc3", b"fields=" + b"x" * 9_000]
)
async def test_bytes_that_are_no_text_are_the_clients_fault(client: Client, query: bytes) -> None:
    reader, writer = await asyncio.open_connection(client.http.server.host, client.http.server.port)
    writer.write(b"GET /orders?" + query + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    status = (await reader.readline()).split()[1]
    writer.close()
    assert status in (b"400", b"422")
