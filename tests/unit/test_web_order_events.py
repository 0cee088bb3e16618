"""`/orders/{id}/events` over a real connection."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

import orjson
import pytest

from orderflow.access.principal import Principal, Scope
from tests.event_source import EventSource, event_source
from tests.eventually import eventually
from tests.unit.facade_loop import Client, Loop, running
from web.live.event_stream import StreamLimits, Streams

WAY = ("confirmed", "assigned", "picked_up", "in_transit", "out_for_delivery", "delivered")


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with running(Loop(), streams=Streams(StreamLimits(heartbeat=0.05))) as client:
        yield client


def following(
    client: Client, order_id: str, last_id: str = "", query: str = ""
) -> AbstractAsyncContextManager[EventSource]:
    return event_source(client.http, f"/orders/{order_id}/events{query}", last_id)


async def moved(client: Client, *states: str) -> str:
    order_id = await client.create()
    for state in states:
        await client.move(order_id, state)
    return order_id


def ids(order_id: str, *versions: int) -> list[str]:
    return [f"{order_id}:{version}" for version in versions]


async def shown(source: EventSource, count: int) -> list[str]:
    return [seen.id for seen in await source.take(count)]


async def test_a_stream_shows_the_history_and_then_what_happens(client: Client) -> None:
    order_id = await moved(client, "confirmed")
    async with following(client, order_id) as source:
        assert await shown(source, 2) == ids(order_id, 1, 2)
        await client.move(order_id, "assigned")
        third = await anext(source)

        assert (third.id, third.type, third.data["state"]) == (f"{order_id}:3", "message", "assigned")
        assert source.retry == 2_000
        assert source.answer.headers["Cache-Control"] == "no-store"
        assert source.answer.headers["X-Accel-Buffering"] == "no"
        assert "Content-Encoding" not in source.answer.headers


async def test_history_shows_the_very_values_of_the_event_topic(client: Client) -> None:
    order_id = await moved(client, *WAY)
    announced = [orjson.loads(record.value or b"") for records in client.loop.live.log for record in records]
    async with following(client, order_id) as source:
        assert [seen.data for seen in await source.take(7)] == announced


@pytest.mark.parametrize("chunk", [1, 2, 3, 500])
async def test_a_long_history_is_sent_piece_by_piece(
    client: Client, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr("web.live.order_reading._CHANGES", chunk)
    order_id = await moved(client, *WAY)
    async with following(client, order_id) as source:
        assert await shown(source, 7) == ids(order_id, *range(1, 8))


async def test_a_stream_goes_on_after_the_last_event_that_a_client_has(client: Client) -> None:
    order_id = await moved(client, *WAY)
    async with following(client, order_id, last_id=f"{order_id}:5") as source:
        assert await shown(source, 2) == ids(order_id, 6, 7)
    async with following(client, order_id, query=f"?last_event_id={order_id}:6") as source:
        assert await shown(source, 1) == ids(order_id, 7)
    async with following(client, order_id, last_id=f"{order_id}:6", query=f"?last_event_id={order_id}:1") as source:
        assert await shown(source, 1) == ids(order_id, 7), "the header counts"


async def test_an_order_at_its_end_is_still_followed(client: Client) -> None:
    order_id = await moved(client, *WAY)
    async with following(client, order_id, last_id=f"{order_id}:7") as source:
        await source.until_beat()
        await source.until_beat()
        assert source.comments > 0


async def test_what_the_tail_never_told_is_read_from_the_history(client: Client) -> None:
    order_id = await moved(client)
    async with following(client, order_id) as source:
        await anext(source)
        client.loop.live.held = True
        await client.move(order_id, "confirmed")
        await client.move(order_id, "assigned")
        client.loop.live.held = False
        await client.move(order_id, "picked_up")

        assert await shown(source, 3) == ids(order_id, 2, 3, 4)


async def test_when_the_log_is_another_one_the_history_tells_what_was_missed(client: Client) -> None:
    order_id = await moved(client)
    async with following(client, order_id) as source:
        await anext(source)
        client.loop.live.held = True
        await client.move(order_id, "confirmed")
        client.loop.live.held = False
        client.loop.live.wipe()

        assert await shown(source, 1) == ids(order_id, 2)


async def test_while_the_database_is_away_a_stream_waits_for_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.live.order_reading._RETRY_SECONDS", 0.01)
    order_id = await moved(client)
    async with following(client, order_id) as source:
        await anext(source)
        get, asked = client.loop.store.get, []

        async def away(named: str) -> None:
            asked.append(named)
            raise OSError

        client.loop.live.held = True
        await client.move(order_id, "confirmed")
        client.loop.live.held = False
        monkeypatch.setattr(client.loop.store, "get", away)
        client.loop.live.wipe()
        await eventually(lambda: len(asked) > 2)
        monkeypatch.setattr(client.loop.store, "get", get)

        assert await shown(source, 1) == ids(order_id, 2)


@pytest.mark.parametrize(
    "forged", ["{}:2", "{}:0", "{}:01", "{}:-1", "{}:x", "{}:", "{}", "ord_other:1", "1", "{}:1:1", "é"]
)
async def test_a_forged_id_is_refused(client: Client, forged: str) -> None:
    order_id = await moved(client)
    last_id, path = forged.format(order_id), f"/orders/{order_id}/events"

    in_header = await client.send("GET", path, headers={"Last-Event-ID": last_id})
    in_query = await client.send("GET", path, params={"last_event_id": last_id})

    assert (in_header.status, (await in_header.json())["type"]) == (400, "malformed-header")
    assert (in_query.status, (await in_query.json())["errors"][0]["parameter"]) == (422, "last_event_id")
    assert in_query.content_type == "application/problem+json"


async def refusal(client: Client, path: str) -> tuple[int, str, str | None]:
    answer = await client.send("GET", path)
    return answer.status, (await answer.json())["type"], answer.headers.get("Retry-After")


async def test_an_order_that_is_not_there_or_not_ones_own_is_not_followed() -> None:
    loop = Loop()
    async with running(loop) as client:
        order_id = await client.create(client_id="theirs")
        assert await refusal(client, "/orders/nope/events") == (404, "order-not-found", None)
        assert await refusal(client, f"/orders/{order_id}/events?page=1") == (422, "validation", None)
    bound = Principal(name="p", scopes=frozenset(Scope), client_id="ours")
    async with running(loop, principal=bound) as client:
        assert await refusal(client, f"/orders/{order_id}/events") == (404, "order-not-found", None)


async def test_without_kafka_there_are_no_streams() -> None:
    loop = Loop()
    async with running(loop) as client:
        order_id = await client.create()
        loop.live.away = True
        assert await refusal(client, f"/orders/{order_id}/events") == (503, "unavailable", "1")
        assert await refusal(client, "/events") == (503, "unavailable", "1")


async def test_a_head_request_asks_whether_there_would_be_a_stream(client: Client) -> None:
    order_id = await client.create()
    answers = [
        await client.send("HEAD", path) for path in (f"/orders/{order_id}/events", "/events", "/orders/no/events")
    ]

    assert [answer.status for answer in answers] == [200, 200, 404]
    assert answers[0].headers["Content-Type"] == "text/event-stream"
