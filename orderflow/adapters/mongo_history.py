"""The changes of an order's history, as BSON and back."""

from collections.abc import Callable, Mapping

from orderflow.adapters import mongo_values as values
from orderflow.adapters.mongo_values import Document, present
from orderflow.domain.commands import CommandType
from orderflow.domain.events import (
    Event,
    EventType,
    OrderAmended,
    OrderCorrected,
    OrderCreated,
    OrderHeld,
    OrderReleased,
    OrderStateChanged,
    items_of,
)
from orderflow.domain.lifecycle import State
from orderflow.domain.order import Item, Order, total_of
from orderflow.domain.stored import Change

_CHANGES: Mapping[EventType, Callable[..., Event]] = {
    kind.type: kind for kind in (OrderStateChanged, OrderHeld, OrderReleased, OrderAmended, OrderCorrected)
}


def change_document(change: Change, order: Order) -> Document:
    """One entry of the history. While an event's items are the order's, they are stored only once."""
    event = change.event
    document = present(
        version=event.version,
        type=event.type.value,
        **{"from": event.previous_state and event.previous_state.value},
        to=event.state.value,
        at=event.occurred_at,
        command_id=event.command_id,
        command=change.command_type.value,
        fingerprint=change.fingerprint,
        coordinates=values.coordinates_document(change.coordinates),
        actor=event.actor,
        reason=event.reason,
        traceparent=change.traceparent,
        note=event.note,
        location=values.location_document(event.location) if event.location else None,
    )
    items = items_of(event)
    if items is not None and not _are_written_alike(items, order.items):
        document["items"] = values.item_documents(items)
    if items is not None and isinstance(event, OrderCorrected):
        document["items_corrected"] = True
    return document


def change(document: Document, order: Order) -> Change:
    """What `change_document` made; the order supplies what the entry leaves out."""
    kind = EventType(document["type"])
    return Change(
        event=_created(document, order) if kind is EventType.ORDER_CREATED else _changed(kind, document, order),
        command_type=CommandType(document["command"]),
        fingerprint=document["fingerprint"],
        coordinates=values.coordinates(document["coordinates"]),
        traceparent=document.get("traceparent"),
    )


def _are_written_alike(items: tuple[Item, ...], others: tuple[Item, ...]) -> bool:
    """0.0 and -0.0 are equal, but an event has to be told again as it was."""
    if items is others:
        return True
    return items == others and values.item_documents(items) == values.item_documents(others)


def _created(document: Document, order: Order) -> OrderCreated:
    items = _items(document, order)
    return OrderCreated(
        order_id=order.order_id,
        client_id=order.client_id,
        occurred_at=document["at"],
        command_id=document["command_id"],
        actor=document.get("actor"),
        items=items,
        total=order.total if items is order.items else total_of(items),
        currency=order.currency,
        external_ref=order.external_ref,
        placed_at=order.placed_at,
    )


def _changed(kind: EventType, document: Document, order: Order) -> Event:
    location = document.get("location")
    return _CHANGES[kind](
        order_id=order.order_id,
        client_id=order.client_id,
        version=document["version"],
        previous_state=State(document["from"]),
        state=State(document["to"]),
        occurred_at=document["at"],
        command_id=document["command_id"],
        actor=document.get("actor"),
        reason=document.get("reason"),
        note=document.get("note"),
        location=values.location(location) if location else None,
        **_content(kind, document, order),
    )


def _content(kind: EventType, document: Document, order: Order) -> dict[str, tuple[Item, ...] | None]:
    """What an event of this kind has beside what all have."""
    match kind:
        case EventType.ORDER_AMENDED:
            return {"items": _items(document, order)}
        case EventType.ORDER_CORRECTED:
            return {"items": _items(document, order) if "items_corrected" in document else None}
        case _:
            return {}


def _items(document: Document, order: Order) -> tuple[Item, ...]:
    return values.items(document["items"]) if "items" in document else order.items
