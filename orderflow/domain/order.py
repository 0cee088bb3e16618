"""An order as its clients see it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from orderflow.domain.lifecycle import State
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
    """The state that events have built; `version` counts them from 1. Times are UTC, cut to milliseconds."""

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


def total_of(items: tuple[Item, ...]) -> Decimal:
    return sum((item.quantity * item.price for item in items), Decimal(0))
