"""Stored orders to rows: the order, its changes and its verdicts, and what it contradicts in itself."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from orderflow.domain.commands import CommandType
from orderflow.domain.evolve import evolve
from orderflow.domain.lifecycle import NOT_FORWARD
from orderflow.domain.limits import MAX_LEDGER
from orderflow.domain.order import Order, total_of
from orderflow.domain.stored import Change, Coordinates, StoredOrder, Verdict
from orderflow.verification.evidence import Row
from orderflow.verification.rows import UNREADABLE, Layout, Rows, content_of, meaning_of
from orderflow.verification.storable import storable
from orderflow.wire.events import event_message


@dataclass(frozen=True, slots=True)
class UnreadableOrder:
    """A document that is none of an order's."""

    order_id: str
    reason: str


def rows_of_orders(orders: Iterable[StoredOrder | UnreadableOrder], layout: Layout, source: str) -> Rows:
    """`source` names the deployment in its events."""
    rows: Rows = {"orders": [], "changes": [], "verdicts": [], "broken": []}
    for stored in orders:
        if isinstance(stored, UnreadableOrder):
            rows["broken"].append(_broken(stored))
            continue
        try:
            read = _rows_of_order(stored, layout, source)
        except UNREADABLE as error:
            reason = f"{type(error).__name__}: {error}"
            rows["broken"].append(_broken(UnreadableOrder(str(stored.order.order_id), reason)))
            continue
        for table, some in read.items():
            rows[table].extend(some)
    return rows


def _broken(order: UnreadableOrder) -> Row:
    return "orders", order.order_id, f"its document cannot be read: {order.reason}"


def _rows_of_order(stored: StoredOrder, layout: Layout, source: str) -> Rows:
    home = layout.home(stored.order.order_id.encode())
    return {
        "orders": [storable(_order(stored))],
        "changes": [storable(_change(change, layout, home, source)) for change in stored.history],
        "verdicts": [storable(_verdict(verdict, layout, home)) for verdict in stored.ledger],
    }


def _order(stored: StoredOrder) -> Row:
    order = stored.order
    faults = (versions_fault(stored), state_fault(stored))
    return order.order_id, order.client_id, order.state, order.version, len(stored.ledger) >= MAX_LEDGER, *faults


def _change(change: Change, layout: Layout, home: int, source: str) -> Row:
    event, message = change.event, event_message(change, source)
    place = (event.order_id, event.command_id, *_place(change.coordinates, layout.log_name), home)
    content = content_of(message.key, message.value, message.headers)
    return *place, event.version, content, meaning_of(change.outcome)


def _verdict(verdict: Verdict, layout: Layout, home: int) -> Row:
    outcome = verdict.outcome
    place = (outcome.order_id, outcome.command_id, *_place(verdict.coordinates, layout.log_name), home)
    return *place, meaning_of(outcome)


def _place(coordinates: Coordinates, log_name: str) -> Row:
    part = coordinates.partition if coordinates.log == log_name else None
    return part, coordinates.offset, coordinates.timestamp


def versions_fault(stored: StoredOrder) -> str | None:
    """The versions of the history are 1..n, and n is the order's."""
    versions = [change.event.version for change in stored.history]
    wrong = next((at for at, version in enumerate(versions, 1) if version != at), None)
    if wrong:
        return f"entry {wrong} of its history has version {versions[wrong - 1]}"
    if stored.order.version != len(versions):
        return f"it is at version {stored.order.version}, its history at {len(versions)}"
    return None


def state_fault(stored: StoredOrder) -> str | None:
    """The order is what its history makes of nothing, and its total that of its items."""
    folded: Order | None = None
    for change in stored.history:
        fault = _step_fault(folded, change)
        if fault:
            return fault
        try:
            folded = evolve(folded, change.event)
        except ValueError as error:
            return str(error)
    if folded is None:
        return "it has no history"
    differing = [
        field.name for field in fields(Order) if getattr(folded, field.name) != getattr(stored.order, field.name)
    ]
    if differing:
        return f"its history gives another {', '.join(differing)}"
    return None if folded.total == total_of(folded.items) else "its total is not that of its items"


def _step_fault(before: Order | None, change: Change) -> str | None:
    event = change.event
    state = before.state if before else None
    if event.previous_state != state:
        return f"version {event.version} leaves {event.previous_state}, but it was {state}"
    held = before is not None and before.hold_reason is not None
    if held and change.command_type is CommandType.CHANGE_STATE and event.state not in NOT_FORWARD:
        return f"version {event.version} moves it to {event.state} while it is on hold"
    return None
