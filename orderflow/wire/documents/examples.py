"""One order's life as an example: what documents show is what the rules made of these commands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from orderflow.domain.commands import CancelOrder, ChangeState, Command, CreateOrder
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
    ChangeState(
        command_id="cmd_2",
        order_id="ord_1",
        new_state=State.IN_TRANSIT,
        expected_version=1,
        note="left at 9:30",
        location=Location(lat=41.4, lon=2.2, label="hub"),
    ),
    CancelOrder(command_id="cmd_3", order_id="ord_1", reason="customer changed mind"),
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
