"""Events and outcomes as other programs read them."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from orderflow.domain import problems
from orderflow.domain.handle import handle
from orderflow.domain.lifecycle import State
from orderflow.domain.outcome import Outcome
from orderflow.wire.events import event_message
from orderflow.wire.json import dumps
from orderflow.wire.outcomes import decode_outcome, encode_outcome, outcome_message
from orderflow.wire.records import Message, Topic
from tests.builders import NOW, RULES, cancel_order, change_state, create_order, received, stored_order

TRACE = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
LATER = NOW + timedelta(milliseconds=1250)


def creation() -> Message:
    command = replace(create_order(external_ref="shop-77", items=1), placed_at=NOW, actor="alice")
    change = stored_order(command).history[0]
    return event_message(replace(change, traceparent=TRACE), "/orderflow")


def test_a_creation_is_announced_as_a_cloud_event() -> None:
    message = creation()
    assert (message.topic, message.key, message.timestamp) == (Topic.EVENTS, b"ord_1", None)
    assert dict(message.headers) == {
        "ce_specversion": b"1.0",
        "ce_id": b"ord_1:1",
        "ce_type": b"order.created",
        "ce_source": b"/orderflow",
        "ce_subject": b"ord_1",
        "ce_time": b"2026-01-01T12:00:00Z",
        "ce_sequence": b"0000000001",
        "ce_causationid": b"create-ord_1",
        "content-type": b"application/json",
        "traceparent": TRACE.encode(),
    }


def test_a_creation_is_announced_with_all_it_holds() -> None:
    assert json.loads(creation().value or b"") == {
        "event_id": "ord_1:1",
        "type": "order.created",
        "order_id": "ord_1",
        "client_id": "client-123",
        "version": 1,
        "state": "created",
        "previous_state": None,
        "occurred_at": "2026-01-01T12:00:00Z",
        "command_id": "create-ord_1",
        "actor": "alice",
        "reason": None,
        "items": [{"sku": "P001", "name": "Package 1", "quantity": 2, "price": 50.0}],
        "total": 100.0,
        "currency": "USD",
        "external_ref": "shop-77",
        "placed_at": "2026-01-01T12:00:00Z",
    }


def test_a_change_is_announced_with_where_it_came_from() -> None:
    effect = handle(stored_order(), received(cancel_order(), 5), LATER, RULES)
    assert effect.change is not None
    message = event_message(effect.change, "/orderflow")
    assert "traceparent" not in dict(message.headers)
    assert dict(message.headers)["ce_sequence"] == b"0000000002"
    assert dict(message.headers)["ce_time"] == b"2026-01-01T12:00:01.250000Z"
    assert json.loads(message.value or b"") == {
        "event_id": "ord_1:2",
        "type": "order.state_changed",
        "order_id": "ord_1",
        "client_id": "client-123",
        "version": 2,
        "state": "cancelled",
        "previous_state": "created",
        "occurred_at": "2026-01-01T12:00:01.250000Z",
        "command_id": "cancel",
        "actor": None,
        "reason": "changed my mind",
    }


def outcomes() -> list[Outcome]:
    """One of each status."""
    stored = stored_order()
    moves = [change_state(), change_state(new_state=State.CREATED), change_state(new_state=State.RETURNED)]
    return [handle(stored, received(move, 5), LATER, RULES).outcome for move in moves]


def test_an_outcome_names_the_order_as_it_is_afterwards() -> None:
    applied, unchanged, refused = (json.loads(encode_outcome(outcome)) for outcome in outcomes())
    assert list(applied) == [
        *("command_id", "order_id", "type", "status", "replayed"),
        *("version", "state", "fingerprint", "error", "at"),
    ]
    assert (applied["status"], applied["version"], applied["state"], applied["error"]) == (
        "applied",
        2,
        "in_transit",
        None,
    )
    assert (unchanged["status"], unchanged["version"], unchanged["state"]) == ("unchanged", 1, "created")
    assert (refused["status"], refused["type"]) == ("rejected", "change_state")
    assert {"type", "title", "detail", "current", "requested", "allowed"} == set(refused["error"])


@pytest.mark.parametrize("outcome", outcomes(), ids=lambda outcome: outcome.status)
def test_an_outcome_read_back_is_the_same(outcome: Outcome) -> None:
    assert decode_outcome(encode_outcome(outcome)) == outcome


def test_an_outcome_message_names_its_command() -> None:
    outcome = outcomes()[0]
    message = outcome_message(outcome, b"{}", cached=True)
    assert (message.topic, message.key) == (Topic.OUTCOMES, b"ord_1")
    assert message.headers == [("ce_causationid", b"in_transit-ord_1")]


@pytest.mark.parametrize("amount", ["99999999999.9999", "0.0001", "100000000000.0000", "33.3300"])
def test_an_amount_is_shown_exactly(amount: str) -> None:
    assert Decimal(repr(json.loads(dumps([Decimal(amount)]))[0])) == Decimal(amount)


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(TypeError):
        dumps(problems.order_not_found("ord_1"))
