"""The JSON of events, one shape for each type."""

from datetime import datetime
from typing import Literal

from typing_extensions import TypedDict  # pydantic reads typing's only from Python 3.12 on

from orderflow.domain.events import EventType
from orderflow.domain.lifecycle import State
from orderflow.wire.shapes import Content, Item


class EventCore(TypedDict):
    """What every event tells of the order that it changed."""

    order_id: str
    client_id: str
    version: int
    state: State
    previous_state: State | None
    occurred_at: datetime
    command_id: str
    actor: str | None
    reason: str | None


class OrderCreated(EventCore):
    """A new order, at version 1."""

    event_id: str
    type: Literal[EventType.ORDER_CREATED]
    items: list[Item]
    total: float
    currency: str
    external_ref: str | None
    placed_at: datetime | None


class OrderStateChanged(EventCore):
    """An order moved; a cancellation is one of these."""

    event_id: str
    type: Literal[EventType.ORDER_STATE_CHANGED]


class OrderHeld(EventCore):
    """An order was put on hold: it moves forward only when it is released."""

    event_id: str
    type: Literal[EventType.ORDER_HELD]


class OrderReleased(EventCore):
    """An order is on hold no more."""

    event_id: str
    type: Literal[EventType.ORDER_RELEASED]


class OrderAmended(EventCore):
    """An order has other items: these."""

    event_id: str
    type: Literal[EventType.ORDER_AMENDED]
    items: list[Item]
    total: float


class OrderCorrected(EventCore, Content):
    """An order's state, its items or both were set right, whatever its lifecycle allows."""

    event_id: str
    type: Literal[EventType.ORDER_CORRECTED]


Event = OrderCreated | OrderStateChanged | OrderHeld | OrderReleased | OrderAmended | OrderCorrected
