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


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCreated:
    """The order came to be, at version 1."""

    type: ClassVar[EventType] = EventType.ORDER_CREATED
    version: ClassVar[int] = 1
    state: ClassVar[State] = State.CREATED
    previous_state: ClassVar[State | None] = None
    reason: ClassVar[str | None] = None
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
class OrderStateChanged:
    """The order moved; a cancellation is one of these."""

    type: ClassVar[EventType] = EventType.ORDER_STATE_CHANGED
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


Event = OrderCreated | OrderStateChanged


def event_id(event: Event) -> str:
    """The stable id by which consumers drop duplicates."""
    return f"{event.order_id}:{event.version}"
