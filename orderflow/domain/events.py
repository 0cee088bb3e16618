"""What happened to an order: exactly one event per version, which its history keeps for ever."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from orderflow.domain.lifecycle import State
from orderflow.domain.order import Item, Location


class EventType(StrEnum):
    """The CloudEvents type of an event."""

    ORDER_CREATED = "order.created"
    ORDER_STATE_CHANGED = "order.state_changed"
    ORDER_HELD = "order.held"
    ORDER_RELEASED = "order.released"
    ORDER_AMENDED = "order.amended"
    ORDER_CORRECTED = "order.corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCreated:
    """The order came to be, at version 1."""

    type: ClassVar[EventType] = EventType.ORDER_CREATED
    version: ClassVar[int] = 1
    state: ClassVar[State] = State.CREATED
    previous_state: ClassVar[State | None] = None
    reason: ClassVar[str | None] = None
    note: ClassVar[str | None] = None
    location: ClassVar[Location | None] = None
    order_id: str
    client_id: str
    occurred_at: datetime
    command_id: str
    actor: str | None
    items: tuple[Item, ...]
    total: Decimal
    currency: str
    external_ref: str | None
    placed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanged:
    """What is told of every change; both states are the same where the order did not move."""

    type: ClassVar[EventType]
    order_id: str
    client_id: str
    version: int
    previous_state: State
    state: State
    occurred_at: datetime
    command_id: str
    actor: str | None
    reason: str | None
    note: str | None
    location: Location | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStateChanged(OrderChanged):
    """The order moved; a cancellation is one of these."""

    type: ClassVar[EventType] = EventType.ORDER_STATE_CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderHeld(OrderChanged):
    """The order was put on hold, for this reason."""

    type: ClassVar[EventType] = EventType.ORDER_HELD
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReleased(OrderChanged):
    """The order is on hold no more."""

    type: ClassVar[EventType] = EventType.ORDER_RELEASED


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAmended(OrderChanged):
    """The order has other items."""

    type: ClassVar[EventType] = EventType.ORDER_AMENDED
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCorrected(OrderChanged):
    """The order's state, its items or both were set right; `items` is None where they stayed."""

    type: ClassVar[EventType] = EventType.ORDER_CORRECTED
    items: tuple[Item, ...] | None


Event = OrderCreated | OrderStateChanged | OrderHeld | OrderReleased | OrderAmended | OrderCorrected


def event_id(event: Event) -> str:
    """The stable id by which consumers drop duplicates."""
    return f"{event.order_id}:{event.version}"


def items_of(event: Event) -> tuple[Item, ...] | None:
    """The items that the order has by this event; None where it leaves them as they are."""
    return event.items if isinstance(event, (OrderCreated, OrderAmended, OrderCorrected)) else None


def is_failed_attempt(event: Event) -> bool:
    """Whether an attempt to deliver the order failed by this."""
    return event.state is State.ATTEMPT_FAILED and event.previous_state is not State.ATTEMPT_FAILED
