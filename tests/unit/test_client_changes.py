"""Every change of an order, and every list of orders, from Python."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from orderflow.client import ConflictError, InvalidError, OrderflowClient, Sort, State
from orderflow.wire.shapes import Item, Location
from tests.builders import NOW
from tests.unit.facade_loop import Loop
from tests.unit.test_client import ITEMS, connected

MORE: list[Item] = [{**ITEMS[0], "quantity": 3}]
HUB: Location = {"lat": 1.5, "lon": 2.5, "label": "hub"}


@pytest.fixture
async def orderflow() -> AsyncIterator[OrderflowClient]:
    async with connected(Loop()) as client:
        yield client


async def created(orderflow: OrderflowClient, client_id: str = "client-1", external_ref: str | None = None) -> str:
    order = await orderflow.create(client_id=client_id, items=ITEMS, external_ref=external_ref)
    return order["order_id"]


async def test_an_order_on_hold_moves_on_when_it_is_released(orderflow: OrderflowClient) -> None:
    order_id = await created(orderflow)
    held = await orderflow.hold(order_id, "address unclear", note="calls back")
    assert (held["on_hold"], held["hold_reason"]) == (True, "address unclear")
    with pytest.raises(ConflictError, match="order-on-hold"):
        await orderflow.change_state(order_id, State.CONFIRMED)
    assert not (await orderflow.release(order_id, reason="called back", if_match=2))["on_hold"]


async def test_items_are_amended_and_a_dry_run_only_shows_it(orderflow: OrderflowClient) -> None:
    order_id = await created(orderflow)
    trial = await orderflow.amend_dry_run(order_id, MORE, if_match=1)
    assert (trial["dry_run"], trial["total"], trial["version"]) == (True, 150.0, 1)
    assert (await orderflow.get(order_id))["total"] == 100.0
    amended = await orderflow.amend(order_id, MORE, reason="more guests")
    assert (amended["total"], amended["version"]) == (150.0, 2)
    await orderflow.change_state(order_id, State.PICKED_UP)
    for refused in (orderflow.amend, orderflow.amend_dry_run):
        with pytest.raises(ConflictError, match="transition-not-allowed"):
            await refused(order_id, ITEMS)


async def test_what_is_wrong_is_corrected(orderflow: OrderflowClient) -> None:
    order_id = await created(orderflow)
    corrected = await orderflow.correct(order_id, "handed over", state=State.DELIVERED, items=MORE)
    assert (corrected["state"], corrected["total"]) == (State.DELIVERED, 150.0)
    with pytest.raises(InvalidError):
        await orderflow.correct(order_id, "nothing said")


async def test_every_change_says_where_it_was_and_what_there_is_to_note(orderflow: OrderflowClient) -> None:
    order_id = await created(orderflow)
    await orderflow.hold(order_id, "r", location=HUB, note="n", actor="alice")
    await orderflow.release(order_id, location=HUB, note="n", actor="alice")
    await orderflow.amend(order_id, MORE, location=HUB, note="n", actor="alice")
    await orderflow.change_state(order_id, State.CONFIRMED, location=HUB, note="n", actor="alice")
    await orderflow.correct(order_id, "r", state=State.CREATED, location=HUB, note="n", actor="alice")
    await orderflow.cancel(order_id, "r", location=HUB, note="n", actor="alice")
    _, *changes = (await orderflow.history(order_id))["history"]
    assert len(changes) == 6
    assert all((entry["location"], entry["note"], entry["actor"]) == (HUB, "n", "alice") for entry in changes)


async def test_changes_are_sent_without_waiting_too(orderflow: OrderflowClient) -> None:
    order_id = await created(orderflow)
    sent = await orderflow.without_waiting.hold(order_id, "later")
    assert sent.command_id
    await orderflow.wait_for(order_id, sent.command_id)
    assert (await orderflow.get(order_id))["on_hold"]


async def test_a_list_has_every_filter_and_sort(orderflow: OrderflowClient) -> None:
    first, second = [await created(orderflow, external_ref=f"shop-{number}") for number in range(2)]
    await created(orderflow, "client-2")
    await orderflow.change_state(first, State.CONFIRMED)

    async def found(**walk: object) -> list[str]:
        return [order["order_id"] async for order in orderflow.list(client_id="client-1", page_size=1, **walk)]  # type: ignore[misc]

    oldest, newest = await found(sort=Sort.OLDEST), await found(sort="-created_at")
    assert newest == oldest[::-1] == await found()
    assert set(await found(sort=Sort.CHANGED_LAST)) == set(await found(sort=Sort.CHANGED_FIRST)) == {first, second}
    assert await found(external_ref="shop-1") == [second]
    assert await found(state=["confirmed", State.DELIVERED]) == [first]
    assert await found(created_before=NOW) == []
    assert len(await found(created_after=datetime(2020, 1, 1, tzinfo=UTC))) == 2


async def test_a_list_shows_some_fields_or_only_how_many(orderflow: OrderflowClient) -> None:
    made = {await created(orderflow) for _ in range(3)}
    shown = [order async for order in orderflow.list_fields(["state", "total"], client_id="client-1", page_size=2)]
    assert {order["order_id"] for order in shown} == made
    assert all(set(order) == {"order_id", "state", "total"} and order["state"] is State.CREATED for order in shown)
    assert await orderflow.count(client_id="client-1") == {"value": 3, "relation": "eq"}
    assert (await orderflow.count(state=[State.FAILED]))["value"] == 0
