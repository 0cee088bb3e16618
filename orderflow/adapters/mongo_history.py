"""What an order remembers, as BSON: the changes of its history and the verdicts of its ledger."""

from typing import assert_never

from orderflow.adapters import mongo_values as values
from orderflow.adapters.mongo_values import Document, present
from orderflow.domain.commands import CommandType
from orderflow.domain.events import Event, EventType, OrderCreated, OrderStateChanged
from orderflow.domain.lifecycle import State
from orderflow.domain.order import Order, total_of
from orderflow.domain.outcome import Outcome, Status
from orderflow.domain.stored import Change, Verdict
from orderflow.wire.outcomes import problem_from, problem_json


def change_document(change: Change, order: Order) -> Document:
    """One entry of the history. While a creation's items are still the order's, they are stored only once."""
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
    )
    match event:
        case OrderCreated():
            if event.items != order.items:
                document["items"] = values.item_documents(event.items)
        case OrderStateChanged():
            if event.note is not None:
                document["note"] = event.note
            if event.location is not None:
                document["location"] = values.location_document(event.location)
        case _:
            assert_never(event)
    return document


def change(document: Document, order: Order) -> Change:
    """What `change_document` made; the order supplies what the entry leaves out."""
    return Change(
        event=_event(document, order),
        command_type=CommandType(document["command"]),
        fingerprint=document["fingerprint"],
        coordinates=values.coordinates(document["coordinates"]),
        traceparent=document.get("traceparent"),
    )


def _event(document: Document, order: Order) -> Event:
    match EventType(document["type"]):
        case EventType.ORDER_CREATED:
            items = values.items(document["items"]) if "items" in document else order.items
            return OrderCreated(
                order_id=order.order_id,
                client_id=order.client_id,
                occurred_at=document["at"],
                command_id=document["command_id"],
                actor=document.get("actor"),
                items=items,
                total=total_of(items) if "items" in document else order.total,
                currency=order.currency,
                external_ref=order.external_ref,
                placed_at=order.placed_at,
            )
        case EventType.ORDER_STATE_CHANGED:
            return _state_changed(document, order)
        case unknown:
            assert_never(unknown)


def _state_changed(document: Document, order: Order) -> OrderStateChanged:
    location = document.get("location")
    return OrderStateChanged(
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
    )


def verdict_document(verdict: Verdict) -> Document:
    outcome = verdict.outcome
    return present(
        command_id=outcome.command_id,
        command=outcome.type,
        status=outcome.status.value,
        version=outcome.version,
        state=outcome.state,
        fingerprint=outcome.fingerprint,
        error=problem_json(outcome.error) if outcome.error else None,
        at=outcome.at,
        coordinates=values.coordinates_document(verdict.coordinates),
    )


def verdict(document: Document, order_id: str) -> Verdict:
    error, state = document.get("error"), document.get("state")
    return Verdict(
        outcome=Outcome(
            command_id=document["command_id"],
            order_id=order_id,
            type=document.get("command"),
            status=Status(document["status"]),
            replayed=False,
            version=document.get("version"),
            state=State(state) if state else None,
            fingerprint=document.get("fingerprint"),
            error=problem_from(error) if error else None,
            at=document["at"],
        ),
        coordinates=values.coordinates(document["coordinates"]),
    )
