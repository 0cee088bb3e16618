"""Command records at the edge: exact amounts, hostile sizes, null headers, any JSON at all."""

import json
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from orderflow.domain.commands import CreateOrder
from orderflow.wire.bodies import read_create_order
from orderflow.wire.commands import Invalid
from orderflow.wire.outcomes import problem_json
from tests.unit.test_command_records import CANCEL, CHANGE, CREATE, ITEM, TRACE, decode, priced, readable

MEBIBYTE = 2**20


def crowded(member: str) -> bytes:
    """A megabyte of items, none of them valid."""
    value = json.dumps(CREATE | {"items": "?"})
    return value.replace('"?"', f"[{','.join([member] * ((MEBIBYTE - len(value)) // (len(member) + 1)))}]").encode()


@pytest.mark.parametrize("literal", ["0.0001", "999999999.9999", "1000000000", "0.1", "33.33"])
def test_a_price_is_kept_to_the_last_decimal(literal: str) -> None:
    command = readable(priced(literal)).command
    assert isinstance(command, CreateOrder)
    assert command.items[0].price == Decimal(literal)


@pytest.mark.parametrize("member", ["0", "{}", "NaN", '{"quantity":0}'])
def test_a_megabyte_of_errors_is_answered_at_once_with_a_hundred(member: str) -> None:
    began = time.process_time()
    reading = decode(crowded(member))
    assert time.process_time() - began < 1
    assert isinstance(reading, Invalid)
    assert len(reading.problem.extra["errors"]) == 100  # type: ignore[arg-type]


def test_a_body_of_a_megabyte_of_errors_is_answered_at_once_too() -> None:
    began = time.process_time()
    problem = problem_json(read_create_order(crowded("{}")))  # type: ignore[arg-type]
    assert time.process_time() - began < 1
    assert len(problem["errors"]) == 100  # type: ignore[arg-type]


def test_a_large_order_within_the_limits_is_read_as_it_was_written() -> None:
    large = [ITEM | {"name": "\u20ac" * 300, "price": 0.0001 * number} for number in range(0, 5_000, 10)]
    value = json.dumps(CREATE | {"items": [member | {"price": round(member["price"], 4)} for member in large]})
    command = readable(value.encode()).command
    assert isinstance(command, CreateOrder)
    assert [str(member.price.normalize()) for member in command.items[1:3]] == ["0.001", "0.002"]
    assert len(command.items) == 500


def test_many_good_items_are_one_error() -> None:
    reading = decode(CREATE | {"items": [ITEM] * 5_000})
    assert isinstance(reading, Invalid)
    assert [error["pointer"] for error in reading.problem.extra["errors"]] == ["#/items"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("header", [b"", b"nonsense", TRACE + b"0", TRACE.upper(), None])
def test_a_trace_that_is_none_is_left_out(header: bytes | None) -> None:
    assert readable(CHANGE, headers=[("traceparent", header)]).traceparent is None


anything = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
names = some.sampled_from(sorted({*CREATE, *CHANGE, *CANCEL, "location", "placed_at", "issued_at", "note"}))


@settings(max_examples=150)
@given(some.sampled_from([CREATE, CHANGE, CANCEL]), some.dictionaries(names, anything, max_size=3))
def test_any_json_is_read_without_an_exception(command: dict[str, object], changed: dict[str, object]) -> None:
    decode(command | changed)


@settings(max_examples=50)
@given(some.binary(max_size=60))
def test_any_bytes_are_read_without_an_exception(value: bytes) -> None:
    assert not isinstance(decode(value), Invalid)
