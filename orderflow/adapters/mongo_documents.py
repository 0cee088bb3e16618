"""A stored order to its MongoDB document and back; encoding what was decoded gives the same bytes."""

import bson
from bson import CodecOptions

from orderflow.adapters import mongo_values as values
from orderflow.adapters.mongo_history import change, change_document
from orderflow.adapters.mongo_ledger import verdict, verdict_document
from orderflow.adapters.mongo_values import Document, present
from orderflow.domain.lifecycle import State
from orderflow.domain.order import Order
from orderflow.domain.stored import StoredOrder
from orderflow.ports import Write

OPTIONS: CodecOptions[Document] = CodecOptions(tz_aware=True)
"""Times are read as UTC."""

_FAILED = State.ATTEMPT_FAILED.value
_GOT_THERE = {"$and": [{"$eq": ["$$change.to", _FAILED]}, {"$ne": ["$$change.from", _FAILED]}]}
_COUNTED = {"$size": {"$filter": {"input": "$history", "as": "change", "cond": _GOT_THERE}}}
LISTED: Document = {
    **dict.fromkeys(("client_id", "state", "items", "total", "currency", "external_ref", "version"), True),
    **dict.fromkeys(("placed_at", "created_at", "updated_at", "hold_reason"), True),
    "failed_attempts": {"$ifNull": ["$failed_attempts", {"$cond": [{"$isArray": "$history"}, _COUNTED, None]}]},
}
"""The projection to what `listed_order` reads. Version 1 did not store the failed attempts: they are counted."""


def write_of(stored: StoredOrder) -> Write:
    """The write that stores an order, encoded once."""
    order = stored.order
    return Write(
        order_id=order.order_id,
        revision=stored.revision,
        external_ref=(order.client_id, order.external_ref) if order.external_ref else None,
        document=bson.encode(_document(stored)),
    )


def stored_order_of(document: bytes) -> StoredOrder:
    return stored_order(bson.decode(document, OPTIONS))


class UnreadableOrderError(Exception):
    """A document that this version cannot read, and so must not write either: the message names order and reason."""


def stored_order(document: Document) -> StoredOrder:
    """The whole order; fields that a later version added are passed over."""
    try:
        return _stored_order(document)
    except (KeyError, ValueError, TypeError, AttributeError) as reason:
        raise UnreadableOrderError(
            f"order {document['_id']} cannot be read, a later version may have written it: {reason!r}"
        ) from reason


def _stored_order(document: Document) -> StoredOrder:
    order = listed_order(document)
    return StoredOrder(
        order=order,
        revision=document["revision"],
        history=tuple(change(entry, order) for entry in document["history"]),
        ledger=tuple(verdict(entry, order.order_id) for entry in document["ledger"]),
        sources=tuple(values.coordinates(source) for source in document["sources"]),
    )


def listed_order(document: Document) -> Order:
    """The order without its memory, which a list leaves out."""
    return Order(
        order_id=document["_id"],
        client_id=document["client_id"],
        state=State(document["state"]),
        items=values.items(document["items"]),
        total=values.amount(document["total"]),
        currency=document["currency"],
        external_ref=document.get("external_ref"),
        version=document["version"],
        placed_at=document.get("placed_at"),
        created_at=document["created_at"],
        updated_at=document["updated_at"],
        hold_reason=document.get("hold_reason"),
        failed_attempts=_failed_attempts(document),
    )


def _failed_attempts(document: Document) -> int:
    stored: int | None = document.get("failed_attempts")
    if stored is not None:
        return stored
    return sum(entry.get("to") == _FAILED != entry.get("from") for entry in document["history"])


def _document(stored: StoredOrder) -> Document:
    order = stored.order
    return present(
        _id=order.order_id,
        client_id=order.client_id,
        state=order.state.value,
        items=values.item_documents(order.items),
        total=values.amount_document(order.total),
        currency=order.currency,
        external_ref=order.external_ref,
        version=order.version,
        revision=stored.revision,
        placed_at=order.placed_at,
        created_at=order.created_at,
        updated_at=order.updated_at,
        hold_reason=order.hold_reason,
        failed_attempts=order.failed_attempts,
        created_by=values.coordinates_document(stored.created_by),
        sources=[values.coordinates_document(source) for source in stored.sources],
        history=[change_document(entry, order) for entry in stored.history],
        ledger=[verdict_document(entry) for entry in stored.ledger],
    )
