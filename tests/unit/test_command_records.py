"""Command records: readable, invalid with every field named, or unreadable."""

import json

import pytest

from orderflow.domain.commands import CancelOrder, ChangeState, CreateOrder
from orderflow.domain.stored import Coordinates, Received
from orderflow.wire.commands import Invalid, Stage, Unreadable, decode_command, encode_command
from orderflow.wire.records import Headers, Record
from tests.builders import cancel_order, change_state, create_order

ITEM = {"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}
CREATE = {
    "type": "create_order",
    "command_id": "cmd_1",
    "order_id": "ord_1",
    "client_id": "client-123",
    "items": [ITEM],
}
CHANGE = {"type": "change_state", "command_id": "cmd_2", "order_id": "ord_1", "new_state": "in_transit"}
CANCEL = {"type": "cancel_order", "command_id": "cmd_3", "order_id": "ord_1", "reason": "changed mind"}
TRACE = b"00-" + b"a" * 32 + b"-" + b"b" * 16 + b"-01"


def decode(value: object, *, key: bytes = b"ord_1", headers: Headers = ()) -> Received | Invalid | Unreadable:
    written = value if value is None or isinstance(value, bytes) else json.dumps(value).encode()
    record = Record(
        topic="order_commands", partition=3, offset=7, timestamp=11, key=key, value=written, headers=headers
    )
    return decode_command(record, "cluster/order_commands")


def readable(value: object, **options: object) -> Received:
    reading = decode(value, **options)  # type: ignore[arg-type]
    assert isinstance(reading, Received), reading
    return reading


def pointers(value: object) -> list[str]:
    reading = decode(value)
    assert isinstance(reading, Invalid), reading
    assert reading.problem.type == "validation"
    return [error["pointer"] for error in reading.problem.extra["errors"]]  # type: ignore[attr-defined]


def item(**fields: object) -> dict[str, object]:
    return CREATE | {"items": [ITEM | fields]}


def priced(literal: str) -> bytes:
    return json.dumps(CREATE).replace("50.0", literal).encode()


def test_a_readable_record_gives_its_command_and_coordinates() -> None:
    reading = readable(CHANGE, headers=[("traceparent", TRACE)])
    assert reading.command == ChangeState(command_id="cmd_2", order_id="ord_1", new_state="in_transit")  # type: ignore[arg-type]
    assert reading.coordinates == Coordinates(log="cluster/order_commands", partition=3, offset=7, timestamp=11)
    assert reading.traceparent == TRACE.decode()


@pytest.mark.parametrize("command", [create_order(external_ref="shop-77"), change_state(), cancel_order()])
def test_a_command_written_is_the_command_read(command: CreateOrder | ChangeState | CancelOrder) -> None:
    assert readable(encode_command(command)).command == command


@pytest.mark.parametrize("value", [None, b"", b"{", b"nonsense", b'"\xff"', b"[" * 100_000, b"{} {}", b"1" * 5_000])
def test_what_is_not_json_is_unreadable(value: bytes | None) -> None:
    reading = decode(value)
    assert isinstance(reading, Unreadable)
    assert reading.stage == Stage.DECODE


@pytest.mark.parametrize("value", [[], 1, "text", True, {}, {"order_id": "ord_1"}, [CREATE]])
def test_what_names_no_command_is_unreadable(value: object) -> None:
    reading = decode(value)
    assert isinstance(reading, Unreadable)
    assert (reading.stage, reading.error_class) == (Stage.VALIDATE, "NamesNoCommand")


@pytest.mark.parametrize("name", ["order_id", "command_id"])
@pytest.mark.parametrize("bad", ["", "a b", "x" * 129, "\u00e9", "a\n", 1, None, ["a"]])
def test_an_id_that_is_none_makes_a_record_unreadable(name: str, bad: object) -> None:
    reading = decode(CHANGE | {name: bad})
    assert isinstance(reading, Unreadable)
    assert reading.stage == Stage.VALIDATE
    assert f"#/{name}" in reading.reason


@pytest.mark.parametrize("good", ["a", "x" * 128, "A-Z.a_z:0"])
def test_ids_have_1_to_128_characters(good: str) -> None:
    assert readable(CHANGE | {"order_id": good}, key=good.encode()).command.order_id == good


@pytest.mark.parametrize("kind", ["fly_order", "", None, 7, "CREATE_ORDER"])
def test_an_unknown_type_is_invalid_and_named(kind: object) -> None:
    reading = decode(CREATE | {"type": kind})
    assert isinstance(reading, Invalid)
    assert (reading.order_id, reading.command_id) == ("ord_1", "cmd_1")
    assert reading.type == (kind if isinstance(kind, str) else None)
    assert pointers(CREATE | {"type": kind}) == ["#/type"]


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        (CREATE | {"items": []}, "#/items"),
        (CREATE | {"items": [ITEM] * 501}, "#/items"),
        (CREATE | {"client_id": "a b"}, "#/client_id"),
        (CREATE | {"currency": "usd"}, "#/currency"),
        (CREATE | {"external_ref": ""}, "#/external_ref"),
        (CREATE | {"placed_at": "2026-01-01T00:00:00"}, "#/placed_at"),
        (item(quantity=0), "#/items/0/quantity"),
        (item(quantity=1_000_001), "#/items/0/quantity"),
        (item(quantity=1.5), "#/items/0/quantity"),
        (item(quantity=float("nan")), "#/items/0/quantity"),
        (item(price=-0.01), "#/items/0/price"),
        (item(price=1e9 + 1), "#/items/0/price"),
        (item(price=1.00001), "#/items/0/price"),
        (item(price=float("nan")), "#/items/0/price"),
        (item(name="x" * 1001), "#/items/0/name"),
        (CHANGE | {"new_state": "teleported"}, "#/new_state"),
        (CHANGE | {"expected_version": 0}, "#/expected_version"),
        (CHANGE | {"expected_version": True}, "#/expected_version"),
        (CHANGE | {"note": "x" * 1001}, "#/note"),
        (CHANGE | {"location": {"lat": float("nan"), "lon": 2}}, "#/location/lat"),
        (CHANGE | {"location": {"lat": 1, "lon": 180.1}}, "#/location/lon"),
        (CANCEL | {"reason": ""}, "#/reason"),
        ({name: CANCEL[name] for name in ("type", "command_id", "order_id")}, "#/reason"),
    ],
)
def test_what_breaks_a_limit_is_invalid_and_named(value: object, pointer: str) -> None:
    assert pointers(value) == [pointer]


def test_every_field_error_is_named_at_once() -> None:
    broken = item(quantity=0, price="x") | {"client_id": "", "currency": "?"}
    assert set(pointers(broken)) == {"#/items/0/quantity", "#/items/0/price", "#/client_id", "#/currency"}


def test_a_total_above_the_limit_is_invalid() -> None:
    assert pointers(item(quantity=1_000_000, price=100_000.0001)) == ["#/items"]
    most = readable(item(quantity=1_000_000, price=100_000)).command
    assert isinstance(most, CreateOrder)


@pytest.mark.parametrize("spaces", [0, 6 * 2**20])
def test_a_record_beyond_its_limit_is_refused_by_its_name_if_it_has_one(spaces: int) -> None:
    reading = decode(json.dumps(CHANGE | {"note": "x" * 2**20}).encode() + b" " * spaces)
    assert isinstance(reading, Invalid)
    assert (reading.order_id, reading.command_id, reading.problem.type) == ("ord_1", "cmd_2", "too-large")
    assert isinstance(decode(b" " * (2**20 + 1) + b"{"), Unreadable)


def test_the_type_of_a_stranger_is_cut() -> None:
    reading = decode(CREATE | {"type": "x" * 10_000})
    assert isinstance(reading, Invalid)
    assert reading.type == "x" * 128


def test_a_key_that_is_not_the_order_id_is_invalid() -> None:
    for key in (b"ord_2", b"", None):
        reading = decode(CHANGE, key=key)  # type: ignore[arg-type]
        assert isinstance(reading, Invalid)
        assert (reading.problem.type, reading.type) == ("key-mismatch", "change_state")
