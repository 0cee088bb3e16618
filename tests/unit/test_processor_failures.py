"""Servers that fail under a batch: every step is tried again in place, and the batch takes effect once."""

import asyncio
from collections.abc import Collection, Sequence

import pytest

from orderflow.adapters.memory_cache import InMemoryCache
from orderflow.adapters.memory_orders import InMemoryOrderStore
from orderflow.adapters.memory_publisher import InMemoryPublisher
from orderflow.domain.lifecycle import State
from orderflow.domain.stored import StoredOrder
from orderflow.ports import Conflict, Refresh, Saved, Write
from orderflow.processing.readiness import Readiness
from orderflow.wire.outcomes import CACHE_SKIPPED
from orderflow.wire.records import Message, Record, Topic
from tests.builders import change_state, create_order
from tests.eventually import eventually
from tests.unit.command_worker import Worker, WrappedStore, record

pytestmark = pytest.mark.usefixtures("without_waiting")


class FlakyStore(WrappedStore):
    """Fails twice at loading, twice before saving, then twice after a save took effect."""

    def __init__(self, inner: InMemoryOrderStore, readiness: Readiness) -> None:
        super().__init__(inner)
        self.readiness = readiness
        self.loads = self.saves = 0
        self.awaited: list[set[str]] = []

    async def load(self, order_ids: Collection[str]) -> dict[str, StoredOrder]:
        self.loads += 1
        self.awaited.append(set(self.readiness.awaited))
        if self.loads <= 2:
            raise OSError("no primary")
        return await super().load(order_ids)

    async def save(self, writes: Sequence[Write]) -> Saved | Conflict:
        self.saves += 1
        if self.saves <= 2:
            raise OSError("not sent")
        result = await super().save(writes)
        if self.saves <= 4:
            raise TimeoutError("no reply")
        return result


class RacedStore(WrappedStore):
    """Another worker writes just before our first save."""

    def __init__(self, inner: InMemoryOrderStore, record: Record) -> None:
        super().__init__(inner)
        self.other = Worker(stored=inner)
        self.record: Record | None = record

    async def save(self, writes: Sequence[Write]) -> Saved | Conflict:
        if self.record:
            record, self.record = self.record, None
            await self.other.apply(record)
        return await super().save(writes)


class HangingStore(WrappedStore):
    """Never answers a load."""

    loading = False

    async def load(self, order_ids: Collection[str]) -> dict[str, StoredOrder]:
        self.loading = True
        return await asyncio.Event().wait() and await super().load(order_ids)


class RaisingPublisher(InMemoryPublisher):
    """Delivers, then loses the acknowledgement, twice."""

    async def publish(self, messages: Sequence[Message]) -> Sequence[Message]:
        await super().publish(messages)
        if self.sent <= 4:
            raise ConnectionError("no acknowledgement")
        return []


class SlowCache(InMemoryCache):
    """Notes what was published when it was refreshed."""

    publisher: InMemoryPublisher
    outcomes_before = -1

    async def refresh(self, refresh: Refresh) -> bool:
        for _ in range(10):
            await asyncio.sleep(0)
        self.outcomes_before = len(self.publisher.delivered[Topic.OUTCOMES])
        return await super().refresh(refresh)


async def test_a_store_that_fails_is_tried_again_and_the_batch_takes_effect_once() -> None:
    worker = Worker()
    store = FlakyStore(worker.stored, worker.readiness)
    worker.store = store
    await worker.apply(record(create_order()), record(change_state()))
    assert store.saves == 5
    assert worker.event_ids == ["ord_1:1", "ord_1:2"]
    assert [(outcome.status, outcome.replayed) for outcome in worker.outcomes] == [("applied", False)] * 2
    stored = await worker.stored.get("ord_1")
    assert stored is not None
    assert (stored.revision, stored.order.version) == (1, 2)
    assert store.awaited[0] == set()
    assert {"MongoDB"} in store.awaited
    assert worker.readiness.awaited == {}


async def test_a_second_writer_is_found_out_and_the_batch_decided_again() -> None:
    worker = Worker()
    await worker.apply(record(create_order()))
    theirs, ours = record(change_state(new_state=State.CONFIRMED)), record(change_state(new_state=State.IN_TRANSIT))
    worker.store = RacedStore(worker.stored, theirs)
    await worker.apply(ours)
    assert await worker.versions() == [1, 2, 3]
    assert worker.event_ids == ["ord_1:1", "ord_1:3"]
    assert worker.store.other.event_ids == ["ord_1:2"]


async def test_events_go_out_by_version_also_where_a_command_on_a_foreign_partition_came_before_its_order() -> None:
    worker = Worker()
    worker.store = FlakyStore(worker.stored, worker.readiness)
    await worker.apply(record(change_state(), partition=1), record(create_order()))
    assert worker.event_ids == ["ord_1:1", "ord_1:2"]


async def test_two_workers_with_the_same_records_say_the_same() -> None:
    worker = Worker()
    batch = record(create_order()), record(change_state()), record(change_state(new_state=State.RETURNED))
    worker.store = RacedStore(worker.stored, batch[0])
    await worker.apply(*batch)
    late = Worker(stored=worker.stored)
    await late.apply(*batch)
    assert late.sent(Topic.OUTCOMES) == worker.sent(Topic.OUTCOMES)
    assert late.sent(Topic.EVENTS) == worker.sent(Topic.EVENTS)
    assert await worker.versions() == [1, 2]


async def test_messages_that_were_refused_are_sent_again_in_order() -> None:
    worker = Worker(publisher=InMemoryPublisher(refuses={1, 4, 5, 9, 12, 14, 20, 23}.__contains__))
    names = ("ord_1", "ord_2", "ord_3")
    moves = [change_state(name, state) for state in (State.CONFIRMED, State.ASSIGNED) for name in names]
    await worker.apply(*(record(command) for command in [*map(create_order, names), *moves]))
    for name in names:
        assert [event_id for event_id in worker.event_ids if event_id.startswith(name)] == [
            f"{name}:{n}" for n in (1, 2, 3)
        ]
        told = [outcome.version for outcome in worker.outcomes if outcome.order_id == name]
        assert told == [1, 2, 3]


async def test_a_publisher_that_raises_is_tried_again() -> None:
    worker = Worker(publisher=RaisingPublisher())
    await worker.apply(record(create_order()), record(change_state()))
    assert list(dict.fromkeys(worker.event_ids)) == ["ord_1:1", "ord_1:2"]
    assert list(dict.fromkeys(worker.ends)) == [("create-ord_1", "applied"), ("in_transit-ord_1", "applied")]
    assert worker.readiness.awaited == {}


async def test_an_outcome_says_that_the_cache_was_skipped() -> None:
    worker = Worker()
    await worker.apply(record(create_order()))
    worker.cache.away = True
    await worker.apply(record(change_state()))
    fresh, skipped = worker.sent(Topic.OUTCOMES)
    assert CACHE_SKIPPED not in fresh.headers
    assert CACHE_SKIPPED in skipped.headers
    assert await worker.versions() == [1, 2]


async def test_outcomes_come_after_the_events_and_the_cache() -> None:
    cache = SlowCache()
    worker = Worker(cache=cache)
    cache.publisher = worker.publisher
    attempts = iter([True, True, False])
    worker.publisher.refuses = lambda _: next(attempts, False)
    await worker.apply(record(create_order()))
    assert cache.outcomes_before == 0
    assert worker.publisher.sent == 4
    assert (len(worker.event_ids), len(worker.ends)) == (1, 1)


async def test_cancellation_leaves_apply_at_once() -> None:
    worker = Worker()
    worker.store = HangingStore(worker.stored)
    task = asyncio.create_task(worker.apply(record(create_order())))
    await eventually(lambda: worker.store.loading)  # type: ignore[union-attr]
    task.cancel()
    _, pending = await asyncio.wait([task], timeout=1)
    assert (pending, task.cancelled()) == (set(), True)
