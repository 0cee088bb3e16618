"""An order as its clients see it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from orderflow.domain.lifecycle import NOT_FORWARD, Lifecycle, State
from orderflow.domain.limits import FilledText, Latitude, Longitude, Price, Quantity, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of an order; the price is for one piece, in the order's currency."""

    sku: FilledText
    name: FilledText
    quantity: Quantity
    price: Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where a change happened, in degrees (WGS 84)."""

    lat: Latitude
    lon: Longitude
    label: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The state that events have built; `version` counts them from 1. Times are UTC, cut to milliseconds.

    An order with a `hold_reason` is on hold, in whatever state.
    """

    order_id: str
    client_id: str
    state: State
    items: tuple[Item, ...]
    total: Decimal
    currency: str
    external_ref: str | None
    version: int
    placed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    hold_reason: str | None = None
    failed_attempts: int = 0

    def allowed(self, lifecycle: Lifecycle) -> tuple[State, ...]:
        """The states that it may move to now."""
        following = lifecycle.allowed(self.state)
        return following if self.hold_reason is None else tuple(state for state in following if state in NOT_FORWARD)


def total_of(items: tuple[Item, ...]) -> Decimal:
    return sum((item.quantity * item.price for item in items), Decimal(0))
