"""The parts of an order's document: amounts, items, coordinates, locations; domain to BSON and back."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from bson import Decimal128

from orderflow.domain.order import Item, Location
from orderflow.domain.stored import Coordinates

Document = Mapping[str, Any]


def present(**fields: object) -> dict[str, object]:
    """The fields that have a value, in the order given."""
    return {name: value for name, value in fields.items() if value is not None}


def amount_document(amount: Decimal) -> Decimal128:
    # By its writing, because 1.5 and 1.50 are equal but not the same in the store.
    return _decimal128(str(amount))


def amount(document: Decimal128) -> Decimal:
    return _decimal(document.bid)


@lru_cache(maxsize=65_536)
def _decimal128(written: str) -> Decimal128:
    return Decimal128(written)


@lru_cache(maxsize=65_536)
def _decimal(bid: bytes) -> Decimal:
    return Decimal128.from_bid(bid).to_decimal()


def item_documents(items: Iterable[Item]) -> list[Document]:
    return [
        {"sku": item.sku, "name": item.name, "quantity": item.quantity, "price": _decimal128(str(item.price))}
        for item in items
    ]


def items(documents: Iterable[Document]) -> tuple[Item, ...]:
    return tuple(
        Item(sku=item["sku"], name=item["name"], quantity=item["quantity"], price=_decimal(item["price"].bid))
        for item in documents
    )


def coordinates_document(coordinates: Coordinates) -> Document:
    return {
        "log": coordinates.log,
        "partition": coordinates.partition,
        "offset": coordinates.offset,
        "timestamp": coordinates.timestamp,
    }


def coordinates(document: Document) -> Coordinates:
    return Coordinates(
        log=document["log"],
        partition=document["partition"],
        offset=document["offset"],
        timestamp=document["timestamp"],
    )


def location_document(location: Location) -> Document:
    return present(lat=location.lat, lon=location.lon, label=location.label)


def location(document: Document) -> Location:
    return Location(lat=document["lat"], lon=document["lon"], label=document.get("label"))
