"""One order's life as an example: what documents show is what the rules made of these commands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
from orderflow.domain.order import Item, Location
from orderflow.domain.outcome import Outcome
from orderflow.domain.stored import Change, Coordinates, Received, StoredOrder
from orderflow.wire.fingerprint import fingerprint_of

RULES = Rules(lifecycle=DEFAULT, currency="USD")
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

_BEGIN = datetime(2026, 1, 1, 9, tzinfo=UTC)
_COMMANDS: tuple[Command, ...] = (
    CreateOrder(
        command_id="cmd_1",
        order_id="ord_1",
        client_id="client-123",
        items=(Item(sku="P001", name="Package A", quantity=2, price=Decimal("50.0")),),
        external_ref="shop-77",
        placed_at=_BEGIN,
        actor="alice",
    ),
    HoldOrder(command_id="cmd_2", order_id="ord_1", reason="address unclear"),
    AmendOrder(
        command_id="cmd_3",
        order_id="ord_1",
        reason="sold out",
        items=(Item(sku="P002", name="Package B", quantity=1, price=Decimal("12.5")),),
    ),
    ReleaseOrder(command_id="cmd_4", order_id="ord_1", note="called back"),
    ChangeState(
        command_id="cmd_5",
        order_id="ord_1",
        new_state=State.OUT_FOR_DELIVERY,
        expected_version=4,
        note="left at 11:00",
        location=Location(lat=41.4, lon=2.2, label="hub"),
    ),
    CorrectOrder(command_id="cmd_6", order_id="ord_1", reason="scanned twice", state=State.IN_TRANSIT),
    CancelOrder(command_id="cmd_7", order_id="ord_1", reason="customer changed mind"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A command, what became of it, and the order afterwards."""

    command: Command
    outcome: Outcome
    change: Change
    stored: StoredOrder


def _life() -> Iterator[Step]:
    stored: StoredOrder | None = None
    for number, command in enumerate(_COMMANDS):
        place = Coordinates(log="example", partition=0, offset=number, timestamp=number)
        received = Received(command=command, fingerprint=fingerprint_of(command), coordinates=place, traceparent=TRACE)
        effect = handle(stored, received, _BEGIN + timedelta(minutes=30 * number), RULES)
        stored = effect.stored
        if not (stored and effect.change):
            raise AssertionError(f"the example {command.command_id} changes nothing: {effect.outcome}")
        yield Step(command=command, outcome=effect.outcome, change=effect.change, stored=stored)


LIFE = tuple(_life())
