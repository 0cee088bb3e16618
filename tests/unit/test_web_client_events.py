"""`/events` over a real connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

import pytest

from orderflow.access.principal import Principal, Scope
from orderflow.wire.positions import Position, decode_position, encode_position
from tests.event_source import EventSource, event_source
from tests.unit.facade_loop import Client, Loop, running
from tests.unit.happenings import Happenings
from web.live.event_stream import StreamLimits, Streams


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    loop = Loop(live=Happenings(max_events=20))
    async with running(loop, streams=Streams(StreamLimits(heartbeat=0.05))) as client:
        yield client


def following(
    client: Client, query: str = "?client_id=ours", last_id: str = ""
) -> AbstractAsyncContextManager[EventSource]:
    return event_source(client.http, f"/events{query}", last_id)


async def orders(client: Client, count: int, client_id: str = "ours") -> list[str]:
    return [await client.create(client_id=client_id) for _ in range(count)]


async def shown(source: EventSource, count: int) -> list[tuple[str, int]]:
    return [(seen.data["order_id"], seen.data["version"]) for seen in await source.take(count)]


def reached(last_id: str) -> int:
    """How many events lie before the position."""
    return sum(decode_position(last_id, "order_events").offsets)


async def test_a_client_is_told_what_happens_to_its_orders_from_now_on(client: Client) -> None:
    await orders(client, 1)
    async with following(client) as source:
        await source.until_beat()
        [order_id] = await orders(client, 1)
        await orders(client, 1, "theirs")
        await client.move(order_id, "confirmed")

        assert await shown(source, 2) == [(order_id, 1), (order_id, 2)]
        assert source.retry == 2_000


async def test_without_a_client_everything_is_told(client: Client) -> None:
    async with following(client, "") as source:
        [mine], [other] = await orders(client, 1), await orders(client, 1, "theirs")
        assert await shown(source, 2) == [(mine, 1), (other, 1)]


async def test_states_and_types_choose_events(client: Client) -> None:
    async with (
        following(client, "?state=assigned&state=confirmed") as states,
        following(client, "?type=order.state_changed") as types,
    ):
        [order_id] = await orders(client, 1)
        for state in ("confirmed", "assigned"):
            await client.move(order_id, state)
        assert await shown(states, 2) == await shown(types, 2) == [(order_id, 2), (order_id, 3)]


async def test_who_comes_back_is_told_what_it_missed_and_nothing_twice(client: Client) -> None:
    async with following(client) as source:
        first = await orders(client, 3)
        assert [order_id for order_id, _ in await shown(source, 3)] == first
    missed = await orders(client, 4)
    async with following(client, last_id=source.last_id) as again:
        later = await orders(client, 1)
        assert [order_id for order_id, _ in await shown(again, 5)] == missed + later
    async with following(client, f"?client_id=ours&last_event_id={source.last_id}") as asked:
        assert [order_id for order_id, _ in await shown(asked, 5)] == missed + later


async def test_who_left_before_anything_happened_can_come_back_too(client: Client) -> None:
    async with following(client) as source:
        await source.until_beat()
    missed = await orders(client, 2)
    async with following(client, last_id=source.last_id) as again:
        assert [order_id for order_id, _ in await shown(again, 2)] == missed


async def test_who_is_told_nothing_does_not_fall_behind_for_what_happens_to_others(client: Client) -> None:
    async with following(client) as source:
        for count in (10, 20, 30):
            await orders(client, 10, "theirs")
            async with asyncio.timeout(10):
                while not source.last_id or reached(source.last_id) < count:
                    await source.until_beat()
    async with following(client, last_id=source.last_id) as again:
        made = await orders(client, 1)
        assert [order_id for order_id, _ in await shown(again, 1)] == made


async def test_who_was_away_for_too_long_is_told_so_and_goes_on_from_now(client: Client) -> None:
    async with following(client) as source:
        await source.until_beat()
    await orders(client, 70)
    async with following(client, last_id=source.last_id) as again:
        reset = await anext(again)
        [made] = await orders(client, 1)
        assert (reset.type, sorted(reset.data)) == ("reset", ["action", "reason"])
        assert await shown(again, 1) == [(made, 1)]
    async with following(client, last_id=reset.id) as once_more:
        assert await shown(once_more, 1) == [(made, 1)], "the reset's id is where it went on"


async def test_a_log_that_was_wiped_and_refilled_is_a_reset(client: Client) -> None:
    async with following(client) as source:
        await orders(client, 6)
        await source.take(6)
        client.loop.live.wipe()
        reset = await anext(source)
        [made] = await orders(client, 1)

        assert reset.type == "reset"
        assert await shown(source, 1) == [(made, 1)], "a stream that is open goes on, too"
    client.loop.live.wipe()
    await orders(client, 12)
    async with following(client, last_id=source.last_id) as again:
        assert (await anext(again)).type == "reset"


async def forged(client: Client) -> list[str]:
    feed, topic = client.loop.live.feed, "order_events"
    here = feed.position(feed.now())
    return [
        "x",
        "é",
        "A" * 5_000,
        encode_position(here, "another.order_events"),
        encode_position(Position(here.log, (*here.offsets, 1)), topic),
        encode_position(Position(here.log, tuple(offset + 1 for offset in here.offsets)), topic),
        encode_position(here, topic)[:-1],
    ]


async def test_a_forged_position_is_refused(client: Client) -> None:
    await orders(client, 6)
    for last_id in await forged(client):
        answer = await client.send("GET", "/events", headers={"Last-Event-ID": last_id})
        assert (answer.status, (await answer.json())["type"]) == (400, "malformed-header"), last_id


async def test_a_position_of_before_partitions_were_raised_is_a_reset(client: Client) -> None:
    await orders(client, 6)
    feed = client.loop.live.feed
    fewer = Position(feed.position(feed.now()).log, feed.now()[:-1])
    async with following(client, last_id=encode_position(fewer, "order_events")) as source:
        assert (await anext(source)).type == "reset"


async def test_a_position_of_a_facade_that_is_ahead_is_no_forgery(client: Client) -> None:
    await orders(client, 6)
    live = client.loop.live
    live.held = True
    await orders(client, 3)
    live.held = False
    ahead = live.feed.position(await live.ends())
    async with following(client, last_id=encode_position(ahead, "order_events")) as source:
        for partition, records in enumerate(live.log):
            if late := records[live.feed.reached[partition] :]:
                live.feed.receive(late)
        [made] = await orders(client, 1)
        assert await shown(source, 1) == [(made, 1)]
        assert reached(source.last_id) == 10


@pytest.mark.parametrize("query", ["?client_id=a%20b", "?client_id=a&client_id=b", "?state=gone", "?type=x", "?page=1"])
async def test_a_wrong_query_is_refused(client: Client, query: str) -> None:
    answer = await client.send("GET", f"/events{query}")
    assert (answer.status, (await answer.json())["type"]) == (422, "validation")


async def test_a_bound_principal_is_told_of_its_own_client_only() -> None:
    bound = Principal(name="p", scopes=frozenset(Scope), client_id="ours")
    loop = Loop()
    async with running(loop) as anyone, running(loop, principal=bound) as client:
        refused = await client.send("GET", "/events?client_id=theirs")
        assert (refused.status, (await refused.json())["type"]) == (403, "forbidden")
        async with following(client, "") as source:
            await orders(anyone, 1, "theirs")
            [made] = await orders(anyone, 1)
            assert await shown(source, 1) == [(made, 1)]
