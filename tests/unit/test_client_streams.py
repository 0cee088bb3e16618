"""Live events from Python: none missed and none twice, however often the line breaks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar, cast

import pytest

from orderflow.client import (
    EventStream,
    EventType,
    NotFoundError,
    OrderflowClient,
    OrderflowError,
    Reset,
    State,
    UnavailableError,
)
from orderflow.streaming.event_feed import EventFeed
from orderflow.wire.event_shapes import Event
from tests.breaking_line import Line, breaking_line
from tests.eventually import eventually
from tests.unit.facade_loop import Loop, running
from tests.unit.happenings import Happenings
from tests.unit.played_facade import Played, played
from tests.unit.test_client import ITEMS
from web.live.event_stream import StreamLimits, Streams

E = TypeVar("E")
WAY = (State.CONFIRMED, State.ASSIGNED, State.PICKED_UP)


@dataclass(kw_only=True)
class Counted(Happenings):
    """How many streams there were."""

    listeners: int = 0

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[EventFeed]:
        self.listeners += 1
        async with super().listen() as feed:
            yield feed


@pytest.fixture(autouse=True)
def _hints(monkeypatch: pytest.MonkeyPatch) -> None:
    """The facade asks its listeners back soon; one who did not listen would be away for an hour."""
    for module in ("web.live.order_reading", "web.live.client_reading"):
        monkeypatch.setattr(f"{module}.RETRY", b"retry: 10\n")
    monkeypatch.setattr("orderflow.client.streams._RETRY_SECONDS", 3600.0)


@asynccontextmanager
async def over_a_line(loop: Loop, *bounds: int, seconds: float = 600.0) -> AsyncIterator[tuple[OrderflowClient, Line]]:
    streams = Streams(StreamLimits(heartbeat=0.05, seconds=seconds))
    async with (
        running(loop, streams=streams) as facade,
        breaking_line(facade.http.port or 0, *bounds) as line,
        OrderflowClient(f"http://127.0.0.1:{line.port}", timeout=10.0) as orderflow,
    ):
        yield orderflow, line


async def take(stream: EventStream[E], count: int) -> list[E]:
    shown: list[E] = []
    async with asyncio.timeout(10), aclosing(stream.__aiter__()) as events:
        while len(shown) < count:
            shown.append(await anext(events))
    return shown


async def moved(orderflow: OrderflowClient) -> str:
    order_id = (await orderflow.create(client_id="ours", items=ITEMS))["order_id"]
    for state in WAY:
        await orderflow.change_state(order_id, state)
    return order_id


def ids(events: list[Event]) -> list[str]:
    return [event["event_id"].partition(":")[2] for event in events]


async def test_an_order_is_followed_from_its_history_on() -> None:
    async with over_a_line(Loop()) as (orderflow, _):
        order_id = await moved(orderflow)
        created, *_, picked_up = await take(orderflow.order_events(order_id), 4)
        assert created["type"] is EventType.ORDER_CREATED
        assert created["items"] == ITEMS
        assert (picked_up["state"], picked_up["previous_state"]) == (State.PICKED_UP, State.ASSIGNED)
        assert ids(await take(orderflow.order_events(order_id, after=2), 2)) == ["3", "4"]
        with pytest.raises(NotFoundError):
            await take(orderflow.order_events("nobody"), 1)


@pytest.mark.parametrize("reaches", [1, 250, 500, 700, 1_000, 1_300, 1_600])
async def test_a_line_that_breaks_anywhere_costs_no_event(reaches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orderflow.client.streams._RETRY_SECONDS", 0.01)
    async with over_a_line(Loop()) as (orderflow, line):
        order_id = await moved(orderflow)
        before = line.connections
        line.bounds += [reaches] * 3
        line.cut()
        assert ids(await take(orderflow.order_events(order_id), 4)) == ["1", "2", "3", "4"]
        assert line.connections > before + 1, "the line never broke"


async def test_a_stream_goes_on_where_the_facade_ended_it() -> None:
    live = Counted()
    async with over_a_line(Loop(live=live), seconds=0.05) as (orderflow, _):
        order_id = await moved(orderflow)
        following = asyncio.create_task(take(orderflow.order_events(order_id), 5))
        await eventually(lambda: live.listeners > 2)
        await orderflow.change_state(order_id, State.IN_TRANSIT)
        assert ids(await following) == ["1", "2", "3", "4", "5"]


async def test_a_client_is_told_what_it_missed_while_the_line_was_cut() -> None:
    async with over_a_line(Loop()) as (orderflow, line):
        stream = orderflow.events(client_id="ours", type=[EventType.ORDER_STATE_CHANGED], state=["assigned"])
        following = asyncio.create_task(take(stream, 3))
        await eventually(lambda: stream.last_id)
        made = []
        for _ in range(3):
            line.cut()
            made.append(await moved(orderflow))
            await orderflow.create(client_id="theirs", items=ITEMS)
        shown = cast("list[Event]", await following)
        assert [(event["order_id"], event["version"]) for event in shown] == [(order_id, 3) for order_id in made]


async def test_a_stream_is_taken_up_in_another_process_by_its_last_id() -> None:
    async with over_a_line(Loop()) as (orderflow, _):
        stream = orderflow.events()
        following = asyncio.create_task(take(stream, 1))
        await eventually(lambda: stream.last_id)
        order_id = await moved(orderflow)
        assert ids(cast("list[Event]", await following)) == ["1"]
        again = cast("list[Event]", await take(orderflow.events(after=stream.last_id), 3))
        assert [event["event_id"] for event in again] == [f"{order_id}:{version}" for version in (2, 3, 4)]


async def test_what_is_not_kept_any_more_is_told_as_a_reset() -> None:
    async with over_a_line(Loop(live=Happenings(max_events=2))) as (orderflow, line):
        stream = orderflow.events()
        async with asyncio.timeout(10), aclosing(stream.__aiter__()) as events:
            first = asyncio.create_task(anext(events))
            await eventually(lambda: stream.last_id)
            await orderflow.create(client_id="ours", items=ITEMS)
            await first
            line.cut()
            for _ in range(3):
                await moved(orderflow)
            reset = await anext(events)
            assert isinstance(reset, Reset)
            assert "GET /orders" in reset.action
            following = asyncio.create_task(anext(events))
            order = await orderflow.create(client_id="ours", items=ITEMS)
            shown = cast("Event", await following)
            assert shown["order_id"] == order["order_id"]


async def test_an_event_larger_than_a_line_may_be_elsewhere_is_shown() -> None:
    async with over_a_line(Loop()) as (orderflow, _):
        items = [{**ITEMS[0], "name": "n" * 1_000, "sku": f"P{number}"} for number in range(500)]
        order = await orderflow.create(client_id="ours", items=items)  # type: ignore[arg-type]
        [created] = await take(orderflow.order_events(order["order_id"]), 1)
        assert created["type"] is EventType.ORDER_CREATED
        assert created["items"] == items


async def test_streams_leave_room_for_calls() -> None:
    async with over_a_line(Loop()) as (orderflow, _):
        streams = [orderflow.events() for _ in range(110)]
        listening = [asyncio.create_task(take(stream, 1)) for stream in streams]
        await eventually(lambda: all(stream.last_id for stream in streams))
        order = await orderflow.create(client_id="ours", items=ITEMS, wait=5.0)
        for shown in await asyncio.gather(*listening):
            assert cast("list[Event]", shown)[0]["order_id"] == order["order_id"]


async def test_a_stream_that_cannot_be_had_in_time_is_told() -> None:
    loop = Loop()
    async with over_a_line(loop) as (orderflow, _):
        loop.live.away = True
        orderflow._timeout = 0.1  # noqa: SLF001 - the others of this facade have time
        with pytest.raises(UnavailableError):
            await take(orderflow.events(), 1)


async def test_an_answer_that_is_no_stream_is_told() -> None:
    async with (
        played(Played(200, "<html>a portal's</html>")) as facade,
        OrderflowClient(facade.url) as orderflow,
    ):
        with pytest.raises(OrderflowError, match="a portal's"):
            await take(orderflow.events(), 1)
    assert facade.sent("Accept") == ["text/event-stream"]
