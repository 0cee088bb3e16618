"""Commands, records and stored orders for tests: valid, small, every field to be named where it matters."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from orderflow.domain.commands import (
    AmendOrder,
    CancelOrder,
    ChangeState,
    Command,
    CorrectOrder,
    CreateOrder,
    HoldOrder,
    ReleaseOrder,
)
from orderflow.domain.decide import Rules
from orderflow.domain.handle import handle
from orderflow.domain.lifecycle import State
from orderflow.domain.lifecycles import DEFAULT
from orderflow.domain.order import Item
from orderflow.domain.outcome import Outcome, Status
from orderflow.domain.stored import Coordinates, Received, StoredOrder
from orderflow.wire.fingerprint import fingerprint_of

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
RULES = Rules(lifecycle=DEFAULT, currency="USD")


def item(number: int = 1, price: str = "50.00") -> Item:
    return Item(sku=f"P{number:03}", name=f"Package {number}", quantity=2, price=Decimal(price))


def create_order(
    order_id: str = "ord_1", *, client_id: str = "client-123", external_ref: str | None = None, items: int = 2
) -> CreateOrder:
    return CreateOrder(
        command_id=f"create-{order_id}",
        order_id=order_id,
        client_id=client_id,
        items=tuple(item(number) for number in range(1, items + 1)),
        external_ref=external_ref,
    )


def change_state(order_id: str = "ord_1", new_state: State = State.IN_TRANSIT) -> ChangeState:
    return ChangeState(command_id=f"{new_state}-{order_id}", order_id=order_id, new_state=new_state)


def cancel_order(command_id: str = "cancel", order_id: str = "ord_1") -> CancelOrder:
    return CancelOrder(command_id=command_id, order_id=order_id, reason="changed my mind")


def hold_order(command_id: str = "hold", order_id: str = "ord_1", reason: str = "address unclear") -> HoldOrder:
    return HoldOrder(command_id=command_id, order_id=order_id, reason=reason)


def release_order(command_id: str = "release", order_id: str = "ord_1") -> ReleaseOrder:
    return ReleaseOrder(command_id=command_id, order_id=order_id)


def amend_order(command_id: str = "amend", order_id: str = "ord_1", *, dry_run: bool = False) -> AmendOrder:
    return AmendOrder(command_id=command_id, order_id=order_id, items=(item(9),), dry_run=dry_run)


def correct_order(
    command_id: str = "correct",
    order_id: str = "ord_1",
    *,
    state: State | None = State.IN_TRANSIT,
    items: tuple[Item, ...] | None = None,
) -> CorrectOrder:
    return CorrectOrder(command_id=command_id, order_id=order_id, reason="scanned twice", state=state, items=items)


def received(command: Command, offset: int = 0, *, partition: int = 0, log: str = "test/order_commands") -> Received:
    return Received(
        command=command,
        fingerprint=fingerprint_of(command),
        coordinates=Coordinates(log=log, partition=partition, offset=offset, timestamp=1_767_268_800_000 + offset),
    )


async def unchecked() -> None:
    """Topics are as they are."""


def stored_order(*commands: Command, now: datetime = NOW) -> StoredOrder:
    """The order after the commands, each from a record of its own, written once by each."""
    stored: StoredOrder | None = None
    for offset, command in enumerate(commands or (create_order(),)):
        stored = handle(stored, received(command, offset), now, RULES).stored
        assert stored is not None, f"{command} needs an order"
        stored = revised(stored)
    assert stored is not None
    return stored


def revised(stored: StoredOrder) -> StoredOrder:
    """The order at its next revision."""
    return replace(stored, revision=stored.revision + 1)


def applied(order_id: str = "ord_1", command_id: str = "cmd_1") -> Outcome:
    """The outcome of a creation."""
    return Outcome(
        command_id=command_id,
        order_id=order_id,
        type="create_order",
        status=Status.APPLIED,
        replayed=False,
        version=1,
        state=None,
        fingerprint="f",
        error=None,
        at=NOW,
    )
