"""evolve() carries an event out."""

from dataclasses import replace
from typing import assert_never

from orderflow.domain.events import (
    Event,
    OrderAmended,
    OrderCorrected,
    OrderCreated,
    OrderHeld,
    OrderReleased,
    OrderStateChanged,
    is_failed_attempt,
)
from orderflow.domain.order import Order, total_of


def evolve(order: Order | None, event: Event) -> Order:
    """The order after `event`; a creation needs no order before it, anything else does."""
    if isinstance(event, OrderCreated):
        return _created(event)
    if order is None:
        raise ValueError(f"order {event.order_id} changed before it was created")
    changed = replace(
        order,
        state=event.state,
        version=event.version,
        updated_at=event.occurred_at,
        failed_attempts=order.failed_attempts + is_failed_attempt(event),
    )
    match event:
        case OrderHeld(reason=reason):
            return replace(changed, hold_reason=reason)
        case OrderReleased():
            return replace(changed, hold_reason=None)
        case OrderAmended(items=items) | OrderCorrected(items=tuple(items)):
            return replace(changed, items=items, total=total_of(items))
        case OrderStateChanged() | OrderCorrected():
            return changed
        case _:
            assert_never(event)


def _created(event: OrderCreated) -> Order:
    return Order(
        order_id=event.order_id,
        client_id=event.client_id,
        state=event.state,
        items=event.items,
        total=event.total,
        currency=event.currency,
        external_ref=event.external_ref,
        version=event.version,
        placed_at=event.placed_at,
        created_at=event.occurred_at,
        updated_at=event.occurred_at,
    )
