"""Batches straight from a stream's queue, against a consumer that only keeps books."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from faust import Event
from faust.types import TP

from orderflow.settings import Settings
from orderflow.streaming.app import OrderflowApp
from tests.unit.faust_consumers import OTHER, PARTITION, Broker, fetched_record


@pytest.fixture
async def app() -> AsyncIterator[OrderflowApp]:
    app = OrderflowApp(Settings(), role="test")
    app.loop = asyncio.get_running_loop()
    app.finalize()
    app.flow_control.resume()
    app.topics.acking_topics.add("t")
    yield app
    app.consumer._thread.thread_loop.close()  # noqa: SLF001 - the loop of a thread that never ran


class Sent(SimpleNamespace):
    __hash__ = object.__hash__


def event(app: OrderflowApp, offset: int) -> Any:  # noqa: ANN401
    message = Sent(topic="t", tp=("t", 0), offset=offset, tracked=False, value=b"{}")
    return SimpleNamespace(message=message, app=app)


async def batches(app: OrderflowApp, events: int, size: int, within: float, wanted: int) -> list[list[int]]:
    channel = app.channel()
    stream = app.stream(channel, beacon=app.beacon)
    for offset in range(events):
        stream.channel.queue.put_nowait(event(app, offset))
    found: list[list[int]] = []
    async for batch in stream.noack().noack_take(size, within=within):
        found.append([taken.message.offset for taken in batch])
        if len(found) == wanted:
            break
    return found


async def test_a_batch_is_what_has_gathered_up_to_its_size_in_order(app: OrderflowApp) -> None:
    assert await batches(app, events=5, size=2, within=0.001, wanted=3) == [[0, 1], [2, 3], [4]]


async def test_what_is_taken_is_in_flight_until_it_is_acknowledged(app: OrderflowApp) -> None:
    events = [event(app, offset) for offset in range(3)]
    stream = app.stream(app.channel(), beacon=app.beacon)
    for waiting in events:
        stream.channel.queue.put_nowait(waiting)

    async for _ in stream.noack().noack_take(2, within=0.001):
        break

    assert {message.offset for message in app.consumer.unacked} == {0, 1}


@pytest.mark.parametrize("within", [0, 0.001])
async def test_a_batch_that_is_not_full_goes_after_its_wait(app: OrderflowApp, within: float) -> None:
    assert await batches(app, events=3, size=500, within=within, wanted=1) == [[0, 1, 2]]


async def test_a_stream_that_faust_ends_ends_without_an_error(app: OrderflowApp) -> None:
    stream = app.stream(app.channel(), beacon=app.beacon)
    stream.channel.queue.put_nowait(event(app, 0))
    found = []

    async for batch in stream.noack().noack_take(1, within=0.001):
        found.append(batch)
        await stream.channel.queue.throw(StopAsyncIteration())

    assert len(found) == 1


class Partitions:
    """An app that has two partitions, whose records are handed to one stream."""

    def __init__(self, app: OrderflowApp) -> None:
        self.consumer = app.consumer
        self.app = app
        self.broker = Broker(app.consumer)
        app.consumer.assignment = lambda: {PARTITION, OTHER}
        app.topics.acking_topics.add(PARTITION.topic)
        self.stream = app.stream(app.channel(), beacon=app.beacon)
        self.batches = self.stream.noack().noack_take(10, within=0.001)

    def deliver(self, partition: TP, *offsets: int) -> None:
        for offset in offsets:
            message = self.consumer._to_message(partition, fetched_record(partition, offset))  # noqa: SLF001 - as Faust
            message.incref()
            self.stream.channel.queue.put_nowait(Event(self.app, None, None, {}, message))

    async def acknowledge(self, batch: Sequence[Any]) -> None:
        for event in batch:
            await self.stream.ack(event)
        await self.consumer.commit()


async def test_a_batch_of_a_partition_revoked_meanwhile_is_acknowledged_without_being_committed(
    app: OrderflowApp,
) -> None:
    partitions = Partitions(app)
    partitions.deliver(PARTITION, 5, 6)
    partitions.deliver(OTHER, 8)
    batch = await anext(partitions.batches)

    await app.consumer.on_partitions_revoked({PARTITION})
    app.consumer.assignment = lambda: {OTHER}
    await partitions.acknowledge(batch)

    assert partitions.broker.offsets == {OTHER: 9}
    await partitions.batches.aclose()


async def test_an_old_batch_does_not_commit_what_is_in_flight_since_the_partition_came_back(app: OrderflowApp) -> None:
    partitions = Partitions(app)
    partitions.deliver(PARTITION, 5, 6)
    old = await anext(partitions.batches)
    await app.consumer.on_partitions_revoked({PARTITION})
    partitions.deliver(PARTITION, 5, 6, 7)
    new = await anext(partitions.batches)

    await partitions.acknowledge(old)
    assert partitions.broker.offsets == {}

    await partitions.acknowledge(new)
    assert partitions.broker.offsets == {PARTITION: 8}
    await partitions.batches.aclose()
