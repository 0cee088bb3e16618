"""What HTTP shows of an order and of its history."""

from orderflow.domain.lifecycle import Lifecycle
from orderflow.domain.order import Location, Order
from orderflow.domain.stored import Change, StoredOrder
from orderflow.wire import shapes
from orderflow.wire.events import content_json, items_json
from orderflow.wire.json import dumps


def encode_order(order: Order, lifecycle: Lifecycle) -> bytes:
    """An order as JSON, the same in an answer and in the cache."""
    return dumps(order_json(order, lifecycle))


def order_json(order: Order, lifecycle: Lifecycle) -> shapes.Order:
    return {
        "order_id": order.order_id,
        "client_id": order.client_id,
        "state": order.state,
        "items": items_json(order.items),
        "total": float(order.total),
        "currency": order.currency,
        "version": order.version,
        "on_hold": order.hold_reason is not None,
        "hold_reason": order.hold_reason,
        "failed_attempts": order.failed_attempts,
        "placed_at": order.placed_at,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
        "external_ref": order.external_ref,
        "allowed_transitions": order.allowed(lifecycle),
        "links": order_links(order.order_id),
    }


def encode_trial(order: Order, lifecycle: Lifecycle) -> bytes:
    """An order as a dry run found that it would be."""
    trial: shapes.Trial = {**order_json(order, lifecycle), "dry_run": True}
    return dumps(trial)


def order_links(order_id: str) -> shapes.OrderLinks:
    path = f"/orders/{order_id}"
    return {
        "self": path,
        "state": f"{path}/state",
        "cancel": f"{path}/cancel",
        "hold": f"{path}/hold",
        "release": f"{path}/release",
        "items": f"{path}/items",
        "corrections": f"{path}/corrections",
        "history": f"{path}/history",
    }


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
    return {
        "version": event.version,
        "type": event.type,
        "from": event.previous_state,
        "to": event.state,
        "at": event.occurred_at,
        "command_id": event.command_id,
        "actor": event.actor,
        "reason": event.reason,
        "note": event.note,
        "location": location_json(event.location) if event.location else None,
        **content_json(event),
    }


def location_json(location: Location) -> shapes.Location:
    return {"lat": location.lat, "lon": location.lon, "label": location.label}
