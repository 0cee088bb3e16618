"""Batches under way at the same time: who may go ahead of whom, and what a crash or a conflict leaves behind."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from orderflow.adapters.memory_orders import InMemoryOrderStore
from orderflow.domain.commands import Command
from orderflow.domain.lifecycle import State
from orderflow.processing.batch import Folded, Holders, Orders
from orderflow.processing.encoding import BatchFolder, ReadRecord
from orderflow.wire.records import Record, Topic
from tests.builders import RULES, change_state, create_order
from tests.eventually import eventually
from tests.unit.command_worker import Worker, record
from tests.unit.faulty_world import BUG, BuggyFolder
from tests.unit.held_servers import AwayStore, HeldPublisher, HeldStore

pytestmark = pytest.mark.usefixtures("without_waiting")


def moves(*states: State) -> list[Command]:
    return [replace(change_state(new_state=state), command_id=f"to-{state}") for state in states]


def nothings(first: int, count: int) -> list[Record]:
    return [
        record(replace(change_state(new_state=State.CREATED), command_id=f"c{number}"))
        for number in range(first, first + count)
    ]


async def test_a_batch_is_saved_while_the_last_one_is_announced_and_comes_after_it() -> None:
    held = HeldPublisher()
    worker = Worker(publisher=held)
    processor = worker.processor()
    first = asyncio.create_task(processor.apply([record(create_order())]))
    second = asyncio.create_task(processor.apply([record(change_state())]))
    await eventually(lambda: held.gate.calls == 1)
    for _ in range(100):
        await asyncio.sleep(0)
    assert (await worker.versions(), held.gate.calls, worker.ends) == ([1, 2], 1, [])
    held.gate.go.set()
    await asyncio.gather(first, second)
    assert worker.event_ids == ["ord_1:1", "ord_1:2"]
    assert [end for _, end in worker.ends] == ["applied", "applied"]


async def test_after_a_crash_every_outcome_that_was_not_told_is_told() -> None:
    worker = Worker()
    await worker.apply(record(create_order()))
    held = Worker(stored=worker.stored, publisher=HeldPublisher())
    batch = nothings(0, 200)
    crashing = asyncio.create_task(held.processor().apply(batch))
    for _ in range(300):
        await asyncio.sleep(0)
    crashing.cancel()
    await asyncio.wait([crashing])
    stored = await worker.stored.get("ord_1")
    assert stored is not None
    assert len(stored.ledger) == 64

    await worker.apply(*batch)

    assert [end for _, end in worker.ends] == ["applied", *["unchanged"] * 200]


async def test_a_batch_folded_on_orders_that_were_not_saved_so_is_folded_again() -> None:
    worker = Worker()
    await worker.apply(record(create_order()))
    store = HeldStore(worker.stored)
    ours = Worker(stored=worker.stored, store=store)
    processor = ours.processor()
    rival, *own = [record(command) for command in moves(State.CONFIRMED, State.ASSIGNED, State.PICKED_UP)]
    applying = [asyncio.create_task(processor.apply([each])) for each in own]
    await eventually(lambda: store.gate.calls == 1)
    await worker.apply(rival)
    store.gate.go.set()
    await asyncio.gather(*applying)
    assert await worker.versions() == [1, 2, 3, 4]
    assert ours.event_ids == ["ord_1:3", "ord_1:4"]
    assert store.gate.calls == 3


async def test_an_order_about_to_be_saved_need_not_be_loaded() -> None:
    stored = InMemoryOrderStore()
    store = HeldStore(stored)
    worker = Worker(stored=stored, store=store)
    processor = worker.processor()
    applying = [asyncio.create_task(processor.apply([record(each)])) for each in (create_order(), change_state())]
    await eventually(lambda: store.gate.calls == 1)
    store.gate.go.set()
    await asyncio.gather(*applying)
    assert (store.gate.calls, await worker.versions()) == (2, [1, 2])


async def test_nothing_follows_a_batch_that_failed() -> None:
    held = HeldPublisher()
    worker = Worker(publisher=held)
    processor = worker.processor()
    first = asyncio.create_task(processor.apply([record(create_order())]))
    second = asyncio.create_task(processor.apply([record(change_state())]))
    await eventually(lambda: held.gate.calls == 1)
    held.gate.dies = True
    held.gate.go.set()
    with pytest.raises(ExceptionGroup):
        await first
    for _ in range(100):
        await asyncio.sleep(0)
    assert worker.sent(Topic.EVENTS) == []
    second.cancel()
    await asyncio.wait([second])


async def test_nothing_is_saved_after_a_save_that_was_abandoned() -> None:
    stored = InMemoryOrderStore()
    store = HeldStore(stored)
    worker = Worker(stored=stored, store=store)
    processor = worker.processor()
    first = asyncio.create_task(processor.apply([record(create_order())]))
    second = asyncio.create_task(processor.apply([record(create_order("ord_2"))]))
    await eventually(lambda: store.gate.calls == 1)
    store.gate.dies = True
    store.gate.go.set()
    with pytest.raises(ExceptionGroup):
        await first
    for _ in range(100):
        await asyncio.sleep(0)
    assert (store.gate.calls, worker.ends) == (1, [])
    second.cancel()
    await asyncio.wait([second])


async def test_a_bug_in_one_batch_keeps_the_next_one_waiting_until_it_is_dealt_with() -> None:
    worker = Worker()
    sound = worker.processor()
    folder = BuggyFolder(rules=RULES, encode=worker.stored.encode, source="/orderflow", group="orderflow-worker")
    processor = replace(sound, folder=folder)
    poison, later = moves(State.CONFIRMED, State.ASSIGNED)
    batches = create_order(), replace(poison, actor=BUG), later
    await asyncio.gather(*(processor.apply([record(each)]) for each in batches))
    assert worker.event_ids == ["ord_1:1", "ord_1:2"]
    assert [end for _, end in worker.ends] == ["applied", "dead-lettered", "applied"]


class FussyFolder(BatchFolder):
    """Has a bug with changes of orders that are assigned."""

    def fold(self, batch: Sequence[ReadRecord], loaded: Orders, holders: Holders, now: datetime) -> Folded:
        if any(stored.order.state is State.ASSIGNED for stored in loaded.values()):
            raise ZeroDivisionError("a bug")
        return BatchFolder.fold(self, batch, loaded, holders, now)


async def overtaken(before: Command, rival: Command, *own: Command) -> Worker:
    """A worker whose batches, one command each, were drafted on a save that a rival then foils."""
    stored = InMemoryOrderStore()
    rivals = Worker(stored=stored)
    await rivals.apply(record(create_order()), record(before))
    store = HeldStore(stored)
    worker = Worker(stored=stored, store=store)
    folder = FussyFolder(rules=RULES, encode=stored.encode, source="/orderflow", group="orderflow-worker")
    processor = replace(worker.processor(), folder=folder)
    theirs, *ours = [record(command) for command in (rival, *own)]
    applying = [asyncio.create_task(processor.apply([each])) for each in ours]
    await eventually(lambda: store.gate.calls == 1)
    await rivals.apply(theirs)
    store.gate.go.set()
    await asyncio.gather(*applying)
    return worker


async def test_a_bug_met_only_on_what_never_was_stored_buries_nothing() -> None:
    before, rival, *own = moves(State.CONFIRMED, State.CANCELLED, State.ASSIGNED, State.PICKED_UP)
    worker = await overtaken(before, rival, *own)
    assert worker.sent(Topic.DEAD_LETTERS) == []
    assert [end for _, end in worker.ends] == ["transition-not-allowed", "transition-not-allowed"]


async def test_a_bug_met_when_a_batch_is_folded_again_buries_its_record_and_keeps_the_order() -> None:
    before, rival, *own = moves(State.CONFIRMED, State.ASSIGNED, State.PICKED_UP, State.IN_TRANSIT)
    worker = await overtaken(before, rival, *own)
    assert [end for _, end in worker.ends] == ["dead-lettered", "dead-lettered"]
    assert await worker.versions() == [1, 2, 3]


async def test_a_draft_of_hot_orders_does_not_say_that_the_database_is_back() -> None:
    stored = InMemoryOrderStore()
    store = AwayStore(stored)
    worker = Worker(stored=stored, store=store)
    processor = worker.processor()
    first, second = (asyncio.create_task(processor.apply([record(each)])) for each in (create_order(), change_state()))
    await eventually(lambda: store.saves > 3)
    assert set(worker.readiness.awaited) == {"MongoDB"}
    store.back = True
    await asyncio.gather(first, second)
    assert (worker.readiness.awaited, await worker.versions()) == ({}, [1, 2])
