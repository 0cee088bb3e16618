"""How many streams there may be, how long they last, and what becomes of a client that does not read."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from orderflow.access.principal import Principal, Scope
from orderflow.streaming.event_feed import EventFeed
from orderflow.wire.json import dumps
from tests.event_source import EventSource, event_source
from tests.eventually import eventually
from tests.unit.facade_loop import Client, Loop, running
from tests.unit.happenings import Happenings
from web.live.event_stream import StreamLimits, Streams

BIG = "x" * 2_000
EVENTS = 4_000
"""Of two kilobytes: more than the sockets between take in."""


async def refusal(client: Client) -> tuple[int, str]:
    answer = await client.send("GET", "/events")
    assert answer.headers["Retry-After"] == "5"
    return answer.status, (await answer.json())["type"]


async def can_follow(client: Client) -> bool:
    async with client.http.get("/events") as answer:
        return answer.status == 200


async def test_a_facade_has_so_many_streams_and_a_place_is_free_again_when_a_client_leaves() -> None:
    async with running(Loop(), streams=Streams(StreamLimits(streams=2, heartbeat=0.02))) as client:
        async with event_source(client.http, "/events"), event_source(client.http, "/events"):
            assert await refusal(client) == (503, "unavailable")
        await eventually(lambda: can_follow(client))


async def test_a_principal_has_so_many_streams() -> None:
    principal = Principal(name="p", scopes=frozenset(Scope))
    async with (
        running(Loop(), principal=principal, streams=Streams(StreamLimits(each=1))) as client,
        event_source(client.http, "/events"),
    ):
        assert await refusal(client) == (429, "rate-limited")


async def test_a_refused_request_takes_no_place() -> None:
    async with running(Loop(), streams=Streams(StreamLimits(streams=1))) as client:
        for path in ("/orders/no/events", "/events?page=1", "/events?last_event_id=x"):
            assert (await client.send("GET", path)).status in (404, 422)
        assert (await client.send("HEAD", "/events")).status == 200
        assert await can_follow(client)


async def ended(source: EventSource) -> bool:
    return [seen async for seen in source] == []


async def test_a_stream_ends_in_time_and_its_client_comes_back() -> None:
    async with running(Loop(), streams=Streams(StreamLimits(seconds=0.1))) as client:
        async with event_source(client.http, "/events") as source:
            assert await ended(source)
        made = await client.create()
        async with event_source(client.http, "/events", source.last_id) as again:
            assert (await anext(again)).data["order_id"] == made


async def test_when_the_facade_stops_its_streams_end_at_once() -> None:
    async with running(Loop()) as client:
        order_id = await client.create()
        async with (
            event_source(client.http, "/events") as source,
            event_source(client.http, f"/orders/{order_id}/events", f"{order_id}:1") as other,
        ):
            began = time.monotonic()
            stopping = asyncio.create_task(client.http.server.close())
            assert await asyncio.gather(ended(source), ended(other)) == [True, True]
            await stopping
            assert time.monotonic() - began < 2


class Opening(Happenings):
    """It takes long until somebody may listen."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.opened = asyncio.Event()

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[EventFeed]:
        await self.opened.wait()
        yield self.feed


async def test_a_stream_that_was_still_opening_when_the_facade_stops_ends_too() -> None:
    live = Opening()
    async with running(Loop(live=live)) as client:
        asking = asyncio.create_task(client.send("GET", "/events"))
        await eventually(lambda: client.facade.streams.open)
        client.facade.streams.end()
        live.opened.set()
        async with asyncio.timeout(5), await asking as answer:
            assert b"data:" not in await answer.read()


@contextmanager
def never_reading(client: Client, path: str) -> Iterator[None]:
    """A client that asks, and leaves the answer where it is."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.connect((client.http.host, client.http.port))
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
        yield


async def happen(live: Happenings, count: int) -> None:
    for number in range(count):
        told = {"type": "order.created", "client_id": "c", "version": 1, "state": "created", "note": BIG}
        live.write(b"ord_1", dumps(told | {"number": number}))
        if number % 20 == 0:
            await asyncio.sleep(0)


@pytest.mark.usefixtures("quiet")
async def test_a_client_that_never_reads_is_dropped_and_nobody_else_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.live.event_stream.WRITE_SECONDS", 0.3)
    loop = Loop(live=Happenings(max_events=1_000, max_bytes=2**21))
    async with running(loop) as client:
        with never_reading(client, "/events?client_id=c"):
            await eventually(lambda: client.facade.streams.open)
            async with event_source(client.http, "/events") as source:
                reading = asyncio.create_task(source.take(EVENTS))
                await happen(loop.live, EVENTS)
                assert [seen.data["number"] for seen in await reading] == list(range(EVENTS))
            await eventually(lambda: client.facade.streams.dropped == 1)
        await eventually(lambda: client.facade.streams.open == 0)


@pytest.mark.usefixtures("quiet")
async def test_a_client_that_never_reads_does_not_hold_up_the_end() -> None:
    loop = Loop(live=Happenings(max_events=10_000, max_bytes=2**25))
    async with running(loop) as client:
        with never_reading(client, "/events?client_id=c"):
            await eventually(lambda: client.facade.streams.open)
            await happen(loop.live, EVENTS)
            began = time.monotonic()
            await client.http.server.close()
            assert time.monotonic() - began < 2
            assert client.facade.streams.dropped == 0


async def test_a_client_that_never_reads_is_gone_when_its_time_is_up() -> None:
    loop = Loop(live=Happenings(max_events=10_000, max_bytes=2**25))
    async with running(loop, streams=Streams(StreamLimits(seconds=0.3))) as client:
        with never_reading(client, "/events?client_id=c"):
            await eventually(lambda: client.facade.streams.open)
            await happen(loop.live, EVENTS)
            server = client.http.server.handler
            await eventually(lambda: not server.connections, within=30)
        assert client.facade.streams.open == 0
