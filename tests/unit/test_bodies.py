"""HTTP bodies: closed, strict, and every field error at once."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.domain.commands import ChangeState, CreateOrder
from orderflow.domain.lifecycle import State
from orderflow.domain.problems import Problem
from orderflow.wire.bodies import CreateOrderBody, command_of, read_create_order
from orderflow.wire.change_bodies import (
    ChangeStateBody,
    read_cancel,
    read_change_state,
)
from orderflow.wire.problems import encode_problem, status_of

ITEM = {"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}
ORDER = {"client_id": "client-123", "items": [ITEM]}
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def order(**item: object) -> bytes:
    return json.dumps(ORDER | {"items": [ITEM | item]}).encode()


def pointers(found: object) -> list[str]:
    assert isinstance(found, Problem), found
    assert found.type == "validation"
    return [error["pointer"] for error in found.extra["errors"]]  # type: ignore[attr-defined]


def test_a_body_becomes_the_command_it_asks_for() -> None:
    body = read_create_order(json.dumps(ORDER).encode())
    assert isinstance(body, CreateOrderBody)
    command = command_of(body, order_id="o", command_id="c", issued_at=NOW)
    assert isinstance(command, CreateOrder)
    assert (command.order_id, command.command_id, command.client_id) == ("o", "c", "client-123")
    assert command.items[0].price == Decimal(50)


def test_a_state_change_keeps_every_field() -> None:
    said = {"new_state": "in_transit", "expected_version": 3, "note": "n", "location": {"lat": 1, "lon": 2.5}}
    body = read_change_state(json.dumps(said).encode())
    assert isinstance(body, ChangeStateBody)
    command = command_of(body, order_id="o", command_id="c", issued_at=NOW)
    assert isinstance(command, ChangeState)
    assert (command.new_state, command.expected_version, command.note) == (State.IN_TRANSIT, 3, "n")


@pytest.mark.parametrize("value", [b"", b"{", b"nonsense", b'"\xff"', b"[" * 10_000, b'{"a": 1} x', b"\xef\xbb\xbf{}"])
def test_what_is_not_json_is_malformed(value: bytes) -> None:
    problem = read_create_order(value)
    assert isinstance(problem, Problem)
    assert (problem.type, status_of(problem)) == ("malformed-json", 400)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1" * 5000])
def test_numbers_that_json_does_not_have_are_malformed(number: str) -> None:
    body = json.dumps(ORDER).replace('"quantity": 2', f'"quantity": {number}').encode()
    problem = read_create_order(body)
    assert isinstance(problem, Problem)
    assert status_of(problem) in (400, 422)


@pytest.mark.parametrize("value", [b"[]", b"null", b"1", b'"text"', b"true"])
def test_json_that_is_no_object_is_not_valid(value: bytes) -> None:
    assert pointers(read_create_order(value)) == ["#"]


@pytest.mark.parametrize("quantity", [0, -1, 1.5, "2", True, None, 1_000_001, 1e300])
def test_a_quantity_is_a_whole_number_in_its_range(quantity: object) -> None:
    assert pointers(read_create_order(order(quantity=quantity))) == ["#/items/0/quantity"]


@pytest.mark.parametrize("price", [-0.01, 1.00001, "50.0", True, None, [], 1e9 + 1, 1e-300])
def test_a_price_is_a_number_with_at_most_four_decimals(price: object) -> None:
    assert pointers(read_create_order(order(price=price))) == ["#/items/0/price"]


def test_every_field_error_is_named_at_once() -> None:
    said = {"client_id": "not an id", "items": [ITEM, ITEM | {"quantity": -1, "price": "1"}], "colour": "red"}
    assert sorted(pointers(read_create_order(json.dumps(said).encode()))) == [
        "#/client_id",
        "#/colour",
        "#/items/1/price",
        "#/items/1/quantity",
    ]


@pytest.mark.parametrize("extra", ["order_id", "command_id", "type", "issued_at", "state", "expected_version"])
def test_fields_that_are_not_the_clients_to_set_are_errors(extra: str) -> None:
    assert pointers(read_create_order(json.dumps(ORDER | {extra: "x"}).encode())) == [f"#/{extra}"]


def test_unknown_fields_inside_are_errors_too() -> None:
    assert pointers(read_create_order(order(weight=1))) == ["#/items/0/weight"]
    located = {"new_state": "created", "location": {"lat": 1, "lon": 2, "alt": 3}}
    assert pointers(read_change_state(json.dumps(located).encode())) == ["#/location/alt"]


@pytest.mark.parametrize("count", [0, 501])
def test_an_order_has_1_to_500_items(count: int) -> None:
    assert pointers(read_create_order(json.dumps(ORDER | {"items": [ITEM] * count}).encode())) == ["#/items"]


def test_an_unknown_state_is_not_valid() -> None:
    assert pointers(read_change_state(b'{"new_state": "teleported"}')) == ["#/new_state"]


def test_a_time_without_a_zone_is_not_valid() -> None:
    assert pointers(read_create_order(json.dumps(ORDER | {"placed_at": "2026-01-01T00:00:00"}).encode())) == [
        "#/placed_at"
    ]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
fields = st.sampled_from(
    ["client_id", "items", "currency", "external_ref", "placed_at", "new_state", "reason", "location", "price"]
)


@given(st.dictionaries(fields | st.text(max_size=5), anything, max_size=6) | anything)
def test_any_json_gives_a_body_or_a_problem_that_can_be_sent(said: object) -> None:
    value = json.dumps(said).encode()
    for read in (read_create_order, read_change_state, read_cancel):
        found = read(value)
        if isinstance(found, Problem):
            assert status_of(found) in (400, 422)
            assert encode_problem(found)


@given(st.binary(max_size=60))
def test_any_bytes_give_a_body_or_a_problem(value: bytes) -> None:
    found = read_create_order(value)
    assert isinstance(found, Problem)
    assert status_of(found) in (400, 422)
