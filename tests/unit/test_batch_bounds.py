"""What bounds a batch: the size of an order, the memory of its ledger, the memory of the worker."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from orderflow.adapters.mongo_documents import write_of
from orderflow.domain.lifecycle import State
from orderflow.processing.batch import parts
from orderflow.processing.hot_orders import HotOrders
from orderflow.wire.records import Record
from tests.builders import cancel_order, change_state, create_order, stored_order
from tests.unit.command_worker import Worker, record

LONG = "x" * 1_000


@pytest.fixture
def small_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    """An order may take three kilobytes."""
    monkeypatch.setattr("orderflow.processing.encoding.MAX_ORDER_BYTES", 3_000)
    monkeypatch.setattr("orderflow.processing.fold.MAX_ORDER_BYTES", 3_000)


@pytest.mark.usefixtures("small_orders")
@pytest.mark.parametrize("at_once", [True, False])
async def test_a_change_that_makes_an_order_too_large_is_rejected(*, at_once: bool) -> None:
    worker = Worker()
    states = [State.CONFIRMED, State.ASSIGNED, State.PICKED_UP]
    records = [record(create_order()), *(record(replace(change_state(new_state=to), note=LONG)) for to in states)]
    records.append(record(create_order("ord_2")))
    for batch in [records] if at_once else [[each] for each in records]:
        await worker.apply(*batch)
    assert [end for _, end in worker.ends] == [
        "applied",
        "applied",
        "order-too-large",
        "order-too-large",
        "applied",
    ]
    stored = await worker.stored.get("ord_1")
    assert stored is not None
    assert [verdict.command_id for verdict in stored.ledger] == ["assigned-ord_1", "picked_up-ord_1"]
    await worker.apply(records[2])
    assert worker.outcomes[-1] == worker.outcomes[2]


@pytest.mark.usefixtures("small_orders")
async def test_a_creation_that_is_too_large_leaves_its_reference_to_others() -> None:
    worker = Worker()
    large = create_order("ord_1", items=50, external_ref="shop-77")
    small = create_order("ord_2", items=1, external_ref="shop-77")
    also_large = create_order("ord_3", items=50, external_ref="shop-77")
    await worker.apply(record(large), record(also_large), record(small), record(change_state("ord_1")))
    assert [end for _, end in worker.ends] == ["order-too-large", "order-too-large", "applied", "order-not-found"]


async def test_a_long_batch_keeps_every_outcome_it_may_have_to_repeat() -> None:
    worker = Worker()
    creation = record(create_order())
    refusals = [record(replace(change_state(new_state=State.CREATED), command_id=f"c{n}")) for n in range(150)]
    await worker.apply(creation, *refusals)
    assert [end for _, end in worker.ends] == ["applied", *["unchanged"] * 150]
    stored = await worker.stored.get("ord_1")
    assert stored is not None
    assert (stored.revision, len(stored.ledger)) == (5, 64)


keys = some.sampled_from([b"a", b"b", b"c", None])


@settings(max_examples=40)
@given(some.lists(keys, max_size=400))
def test_two_parts_hold_no_more_of_an_order_than_its_ledger_remembers(drawn: list[bytes | None]) -> None:
    records = [replace(record(cancel_order()), key=key) for key in drawn]
    cut = parts(records)
    assert [each for part in cut for each in part] == records
    assert all(count <= 32 for part in cut for count in Counter(each.key for each in part).values())


def test_records_are_cut_only_where_they_must_be() -> None:
    def of(key: bytes, count: int) -> list[Record]:
        return [replace(record(cancel_order()), key=key) for _ in range(count)]

    assert [len(part) for part in parts([*of(b"a", 32), *of(b"b", 32)])] == [64]
    assert [len(part) for part in parts([*of(b"a", 32), *of(b"b", 3), *of(b"a", 33)])] == [35, 32, 1]


def test_hot_orders_are_bounded_by_their_bytes() -> None:
    hot = HotOrders(max_bytes=100)
    first, second, third = (stored_order(create_order(name)) for name in ("ord_1", "ord_2", "ord_3"))
    hot.keep(first, 40)
    hot.keep(second, 40)
    assert hot.get("ord_1") is first
    hot.keep(third, 40)
    assert (hot.get("ord_1"), hot.get("ord_2"), hot.get("ord_3")) == (first, None, third)


def test_a_hot_order_kept_again_counts_once() -> None:
    hot = HotOrders(max_bytes=100)
    for size in (90, 10, 60):
        hot.keep(stored_order(), size)
    hot.keep(stored_order(create_order("ord_2")), 40)
    assert hot.get("ord_1") is not None
    hot.drop(["ord_1", "ord_9"])
    hot.keep(stored_order(create_order("ord_3")), 60)
    assert (hot.get("ord_1"), hot.get("ord_2") is None) == (None, False)
    hot.clear()
    assert (hot.get("ord_2"), hot.get("ord_3")) == (None, None)


def test_an_order_larger_than_the_bound_is_not_kept() -> None:
    hot = HotOrders(max_bytes=100)
    hot.keep(stored_order(), 101)
    assert hot.get("ord_1") is None
    hot.keep(stored_order(), 100)
    assert hot.get("ord_1") is not None


async def test_a_hot_order_needs_no_load() -> None:
    worker = Worker()
    await worker.apply(record(create_order()))
    written = await worker.stored.get("ord_1")
    assert written is not None
    assert worker.hot.get("ord_1") == written
    assert len(write_of(written).document) > 0
