"""What the worker relies on from a system of record."""

from dataclasses import replace
from decimal import Decimal

import pytest

from orderflow.domain.lifecycle import State
from orderflow.domain.stored import StoredOrder
from orderflow.ports import Conflict, OrderStore, Saved
from tests.builders import cancel_order, change_state, create_order, item, revised, stored_order


async def save(store: OrderStore, *stored: StoredOrder) -> Saved | Conflict:
    return await store.save([store.encode(each) for each in stored])


async def test_a_saved_order_is_loaded_as_it_was(store: OrderStore) -> None:
    order = stored_order(create_order(external_ref="shop-77"))
    assert await save(store, order) == Saved()
    assert await store.load(["ord_1"]) == {"ord_1": order}


async def test_an_order_keeps_all_that_it_remembers(store: OrderStore) -> None:
    created = stored_order()
    await save(store, created)
    order = replace(stored_order(create_order(), change_state(), cancel_order(), cancel_order("again")), revision=2)
    assert order.ledger
    assert await save(store, order) == Saved()
    assert (await store.load(["ord_1"]))["ord_1"] == order


async def test_absent_orders_are_left_out(store: OrderStore) -> None:
    await save(store, stored_order())
    assert set(await store.load(["ord_1", "ord_2"])) == {"ord_1"}


async def test_nothing_is_loaded_and_saved_for_nothing(store: OrderStore) -> None:
    assert await store.load([]) == {}
    assert await store.save([]) == Saved()


async def test_more_orders_than_are_asked_for_at_once_are_all_loaded(store: OrderStore) -> None:
    orders = [stored_order(create_order(f"ord_{number}")) for number in range(250)]
    assert await save(store, *orders) == Saved()
    assert await store.load([order.order.order_id for order in orders]) == {
        order.order.order_id: order for order in orders
    }


@pytest.mark.parametrize("written", ["0", "0.0001", "12.50", "12.5", "999999999.9999", "1E+9"])
async def test_amounts_come_back_as_they_were_written(store: OrderStore, written: str) -> None:
    order = stored_order(replace(create_order(), items=(item(price=written),)))
    await save(store, order)
    loaded = (await store.load(["ord_1"]))["ord_1"].order
    assert str(loaded.items[0].price) == written
    assert loaded.total == Decimal(written) * 2


async def test_inserting_an_order_twice_is_a_conflict(store: OrderStore) -> None:
    first, second = stored_order(create_order(items=1)), stored_order(create_order(items=2))
    await save(store, first)
    assert await save(store, second) == Conflict()
    assert await store.load(["ord_1"]) == {"ord_1": first}


async def test_a_replacement_takes_effect_where_its_revision_follows(store: OrderStore) -> None:
    created, changed = stored_order(), stored_order(create_order(), change_state())
    await save(store, created)
    assert await save(store, changed) == Saved()
    assert await store.load(["ord_1"]) == {"ord_1": changed}


async def test_a_stale_revision_is_a_conflict_and_overwrites_nothing(store: OrderStore) -> None:
    created = stored_order()
    winner, loser = (
        stored_order(create_order(), change_state(new_state=state)) for state in (State.FAILED, State.CONFIRMED)
    )
    await save(store, created)
    await save(store, winner)
    assert await save(store, loser) == Conflict()
    assert await store.load(["ord_1"]) == {"ord_1": winner}


async def test_replacing_an_order_that_does_not_exist_is_a_conflict_and_creates_nothing(store: OrderStore) -> None:
    assert await save(store, revised(stored_order())) == Conflict()
    assert await store.load(["ord_1"]) == {}


async def test_one_stale_write_among_many_is_a_conflict_and_the_others_take_effect(store: OrderStore) -> None:
    orders = [stored_order(create_order(f"ord_{number}")) for number in range(4)]
    await save(store, *orders[:3])
    stale = revised(revised(orders[1]))
    assert await save(store, revised(orders[0]), stale, orders[3], revised(orders[2])) == Conflict()
    loaded = await store.load([f"ord_{number}" for number in range(4)])
    assert [loaded[f"ord_{number}"].revision for number in range(4)] == [2, 1, 2, 1]


async def test_a_taken_reference_names_its_holder(store: OrderStore) -> None:
    await save(store, stored_order(create_order("ord_1", external_ref="shop-77")))
    taken = stored_order(create_order("ord_2", external_ref="shop-77"))
    assert await save(store, taken) == Conflict({("client-123", "shop-77"): "ord_1"})
    assert await store.load(["ord_2"]) == {}


async def test_each_taken_reference_of_a_mixed_bulk_names_its_holder(store: OrderStore) -> None:
    held = [
        stored_order(create_order(f"old_{number}", client_id=f"client-{number % 2}", external_ref=f"ref-{number}"))
        for number in range(6)
    ]
    await save(store, *held)
    creations = [
        stored_order(create_order(f"new_{number}", client_id=f"client-{number % 2}", external_ref=f"ref-{number}"))
        for number in range(3, 9)
    ]
    mixed = [each for pair in zip([revised(order) for order in held], creations, strict=True) for each in pair]
    assert await save(store, *mixed) == Conflict(
        {(f"client-{number % 2}", f"ref-{number}"): f"old_{number}" for number in range(3, 6)}
    )
    assert set(await store.load([f"new_{number}" for number in range(3, 9)])) == {"new_6", "new_7", "new_8"}


async def test_an_order_that_exists_with_its_own_reference_is_only_a_conflict(store: OrderStore) -> None:
    order = stored_order(create_order(external_ref="shop-77"))
    await save(store, order)
    assert await save(store, order) == Conflict()


async def test_a_reference_belongs_to_its_client(store: OrderStore) -> None:
    orders = [
        stored_order(create_order(f"ord_{client}", client_id=client, external_ref="shop-77")) for client in ("a", "b")
    ]
    assert await save(store, *orders) == Saved()


async def test_orders_without_a_reference_never_collide(store: OrderStore) -> None:
    assert await save(store, *(stored_order(create_order(f"ord_{number}")) for number in range(3))) == Saved()


async def test_of_two_orders_with_one_reference_in_a_bulk_one_is_saved(store: OrderStore) -> None:
    orders = [stored_order(create_order(f"ord_{number}", external_ref="shop-77")) for number in range(2)]
    assert await save(store, *orders) == Conflict({("client-123", "shop-77"): "ord_0"})
    assert set(await store.load(["ord_0", "ord_1"])) == {"ord_0"}
