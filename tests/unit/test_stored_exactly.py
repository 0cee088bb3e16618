"""Stored orders of each version, written out: what is read of their documents is exactly this."""

from datetime import UTC, datetime
from decimal import Decimal

import bson

from orderflow.adapters.mongo_documents import stored_order_of
from orderflow.domain.commands import CommandType
from orderflow.domain.events import OrderCorrected, OrderCreated, OrderStateChanged
from orderflow.domain.lifecycle import State
from orderflow.domain.order import Item, Location, Order
from orderflow.domain.stored import Change, Coordinates, StoredOrder
from tests.unit.stored_documents import saved_order

LOG = "MkU3OEVBNTcwNTJENDM2Qg/order_commands"
CREATED = datetime(2026, 11, 24, 8, 0, 0, 164_000, tzinfo=UTC)
ITEMS = (Item(sku="P001", name="Package A", quantity=2, price=Decimal(50)),)
BARE = Order(
    order_id="ord_bare",
    client_id="c",
    state=State.CREATED,
    items=ITEMS,
    total=Decimal(100),
    currency="USD",
    external_ref=None,
    version=1,
    placed_at=None,
    created_at=CREATED,
    updated_at=CREATED,
)
BARE_CREATED = OrderCreated(
    order_id="ord_bare",
    client_id="c",
    occurred_at=CREATED,
    command_id="c",
    actor=None,
    items=ITEMS,
    total=Decimal(100),
    currency="USD",
    external_ref=None,
    placed_at=None,
)


def test_the_smallest_order_is_exactly_this() -> None:
    saved = saved_order("created_bare")
    [received] = saved.received()
    coordinates = Coordinates(log=LOG, partition=3, offset=107, timestamp=1_795_507_200_123)
    change = Change(
        event=BARE_CREATED,
        command_type=CommandType.CREATE_ORDER,
        fingerprint=received.fingerprint,
        coordinates=coordinates,
    )
    assert saved.stored == StoredOrder(order=BARE, revision=1, history=(change,), sources=(coordinates,))


def test_a_change_with_all_that_can_be_said_of_it_is_exactly_this() -> None:
    change = saved_order("moved").stored.history[3]
    assert change.event == OrderStateChanged(
        order_id="ord_moved",
        client_id="client-123",
        version=4,
        previous_state=State.ASSIGNED,
        state=State.PICKED_UP,
        occurred_at=datetime(2026, 11, 24, 8, 0, 3, 164_000, tzinfo=UTC),
        command_id="picked_up-1",
        actor=None,
        reason=None,
        note=None,
        location=Location(lat=52.520008, lon=13.404954, label="Depot 3, Köln"),
    )


def test_a_correction_of_everything_is_exactly_this() -> None:
    change = saved_order("corrected").stored.history[5]
    assert change.event == OrderCorrected(
        order_id="ord_corrected",
        client_id="client-123",
        version=6,
        previous_state=State.OUT_FOR_DELIVERY,
        state=State.DELIVERED,
        occurred_at=datetime(2026, 11, 26, 8, 0, 5, 164_000, tzinfo=UTC),
        command_id="both",
        actor=None,
        reason="scanned twice",
        note=None,
        location=None,
        items=(Item(sku="P004", name="Package D", quantity=7, price=Decimal("19.99")),),
    )


def test_an_order_that_says_nothing_of_holds_and_attempts_was_not_held_and_its_attempts_are_counted() -> None:
    """As all did that version 1 stored."""
    moved = saved_order("moved")
    assert not {"hold_reason", "failed_attempts"} & set(moved.json)
    assert (moved.stored.order.hold_reason, moved.stored.order.failed_attempts) == (None, 1)
    attempted = saved_order("attempted")
    uncounted = {name: value for name, value in attempted.written.items() if name != "failed_attempts"}
    assert stored_order_of(bson.encode(uncounted)) == attempted.stored
