"""What HTTP shows of an order and of its history."""

from orderflow.domain.events import OrderStateChanged
from orderflow.domain.lifecycle import Lifecycle
from orderflow.domain.order import Location, Order
from orderflow.domain.stored import Change, StoredOrder
from orderflow.wire import shapes
from orderflow.wire.events import item_json
from orderflow.wire.json import dumps


def encode_order(order: Order, lifecycle: Lifecycle) -> bytes:
    """An order as JSON, the same in an answer and in the cache."""
    return dumps(order_json(order, lifecycle))


def order_json(order: Order, lifecycle: Lifecycle) -> shapes.Order:
    return {
        "order_id": order.order_id,
        "client_id": order.client_id,
        "state": order.state,
        "items": [item_json(item) for item in order.items],
        "total": float(order.total),
        "currency": order.currency,
        "version": order.version,
        "placed_at": order.placed_at,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
        "external_ref": order.external_ref,
        "allowed_transitions": lifecycle.allowed(order.state),
        "links": order_links(order.order_id),
    }


def order_links(order_id: str) -> shapes.OrderLinks:
    path = f"/orders/{order_id}"
    return {"self": path, "state": f"{path}/state", "cancel": f"{path}/cancel", "history": f"{path}/history"}


def command_link(order_id: str, command_id: str) -> str:
    return f"/orders/{order_id}/commands/{command_id}"


def encode_history(stored: StoredOrder) -> bytes:
    return dumps(history_json(stored))


def history_json(stored: StoredOrder) -> shapes.History:
    return {
        "order_id": stored.order.order_id,
        "version": stored.order.version,
        "history": [_change(change) for change in stored.history],
    }


def _change(change: Change) -> shapes.HistoryEntry:
    event = change.event
    moved = event if isinstance(event, OrderStateChanged) else None
    return {
        "version": event.version,
        "type": event.type,
        "from": event.previous_state,
        "to": event.state,
        "at": event.occurred_at,
        "command_id": event.command_id,
        "actor": event.actor,
        "reason": event.reason,
        "note": moved.note if moved else None,
        "location": location_json(moved.location) if moved and moved.location else None,
    }


def location_json(location: Location) -> shapes.Location:
    return {"lat": location.lat, "lon": location.lon, "label": location.label}
