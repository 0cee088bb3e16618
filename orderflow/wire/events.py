"""Events as CloudEvents 1.0 in Kafka's binary mode: attributes in headers, the change in the value."""

from collections.abc import Iterable

from orderflow.domain.events import (
    Event,
    EventType,
    OrderAmended,
    OrderCorrected,
    OrderCreated,
    OrderHeld,
    OrderReleased,
    OrderStateChanged,
    event_id,
    items_of,
)
from orderflow.domain.order import Item, total_of
from orderflow.domain.stored import Change
from orderflow.wire import event_shapes, shapes
from orderflow.wire.json import dumps
from orderflow.wire.records import Headers, Message, Topic


def event_message(change: Change, source: str) -> Message:
    """The message of one change; built again from a stored change it is the same to the byte."""
    event = change.event
    return Message(
        topic=Topic.EVENTS,
        key=event.order_id.encode(),
        value=encode_event(event),
        headers=_headers(change, source),
    )


def encode_event(event: Event) -> bytes:
    """The value of its message, which streams show, too."""
    return dumps(event_json(event))


def event_json(event: Event) -> event_shapes.Event:
    name = event_id(event)
    match event:
        case OrderStateChanged():
            return {"event_id": name, "type": EventType.ORDER_STATE_CHANGED, **_core(event)}
        case OrderCreated():
            return _created(event)
        case OrderHeld():
            return {"event_id": name, "type": EventType.ORDER_HELD, **_core(event)}
        case OrderReleased():
            return {"event_id": name, "type": EventType.ORDER_RELEASED, **_core(event)}
        case OrderAmended():
            return _amended(event)
        case OrderCorrected():
            return {"event_id": name, "type": EventType.ORDER_CORRECTED, **_core(event), **content_json(event)}


def _created(event: OrderCreated) -> event_shapes.OrderCreated:
    return {
        "event_id": event_id(event),
        "type": EventType.ORDER_CREATED,
        **_core(event),
        "items": items_json(event.items),
        "total": float(event.total),
        "currency": event.currency,
        "external_ref": event.external_ref,
        "placed_at": event.placed_at,
    }


def _amended(event: OrderAmended) -> event_shapes.OrderAmended:
    return {
        "event_id": event_id(event),
        "type": EventType.ORDER_AMENDED,
        **_core(event),
        "items": items_json(event.items),
        "total": float(total_of(event.items)),
    }


def _core(event: Event) -> event_shapes.EventCore:
    return {
        "order_id": event.order_id,
        "client_id": event.client_id,
        "version": event.version,
        "state": event.state,
        "previous_state": event.previous_state,
        "occurred_at": event.occurred_at,
        "command_id": event.command_id,
        "actor": event.actor,
        "reason": event.reason,
    }


def content_json(event: Event) -> shapes.Content:
    """The items that the order has by this event, and their total; None where they stay as they are."""
    items = items_of(event)
    return {"items": items_json(items), "total": float(total_of(items))} if items else {"items": None, "total": None}


def items_json(items: Iterable[Item]) -> list[shapes.Item]:
    return [_item(item) for item in items]


def _item(item: Item) -> shapes.Item:
    return {"sku": item.sku, "name": item.name, "quantity": item.quantity, "price": float(item.price)}


def _headers(change: Change, source: str) -> Headers:
    event = change.event
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", event_id(event).encode()),
        ("ce_type", event.type.encode()),
        ("ce_source", source.encode()),
        ("ce_subject", event.order_id.encode()),
        ("ce_time", dumps(event.occurred_at).strip(b'"')),
        ("ce_sequence", b"%010d" % event.version),
        ("ce_causationid", event.command_id.encode()),
        ("content-type", b"application/json"),
    ]
    if change.traceparent:
        headers.append(("traceparent", change.traceparent.encode()))
    return headers
