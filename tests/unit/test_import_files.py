"""Files of orders: JSON Lines and CSV, plain and gzip; bad lines are named with their field."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import orjson
import pytest

from orderflow.cli.command_lines import BadLine
from orderflow.cli.order_files import OrderFile
from orderflow.domain.commands import CreateOrder
from orderflow.streaming.command_exchange import Outgoing
from orderflow.wire.commands import parse_command
from orderflow.wire.fingerprint import fingerprint_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ITEM = {"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}
ORDER = {"client_id": "client-1", "external_ref": "shop-1", "placed_at": "2026-01-01T00:00:00Z", "items": [ITEM]}
HEADER = "client_id,external_ref,placed_at,sku,name,quantity,price\n"
Reader = Callable[..., list[Outgoing | BadLine]]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    def reading(content: bytes | str, name: str = "orders") -> list[Outgoing | BadLine]:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return [each for chunk in OrderFile(path, lambda: NOW).chunks() for each in chunk]

    return reading


def lines(*orders: object) -> bytes:
    return b"".join(orjson.dumps(order) + b"\n" for order in orders)


def command(read: Outgoing | BadLine) -> CreateOrder:
    assert isinstance(read, Outgoing), read
    parsed = parse_command(read.value)
    assert isinstance(parsed, CreateOrder)
    assert read.key == (parsed.order_id, parsed.command_id, fingerprint_of(parsed))
    return parsed


def said(read: list[Outgoing | BadLine]) -> list[str]:
    return [str(each) for each in read if isinstance(each, BadLine)]


def test_a_line_becomes_the_command_that_creates_its_order(read: Reader) -> None:
    created = command(read(lines(ORDER | {"currency": "EUR", "actor": "alice"}))[0])
    assert (created.client_id, created.external_ref, created.currency) == ("client-1", "shop-1", "EUR")
    assert (created.placed_at, created.actor, created.issued_at) == (NOW, "alice", NOW)
    assert [(item.sku, item.quantity, item.price) for item in created.items] == [("P001", 2, Decimal(50))]


def test_ids_follow_from_client_and_reference_alone(read: Reader) -> None:
    first, priced, other_client, other_ref = map(
        command,
        read(
            lines(
                ORDER,
                ORDER | {"items": [ITEM | {"price": 1}]},
                ORDER | {"client_id": "client-1s"},
                ORDER | {"external_ref": "hop-1"},
            )
        ),
    )
    assert (first.order_id, first.command_id) == (priced.order_id, priced.command_id)
    assert len({first.order_id, other_client.order_id, other_ref.order_id}) == 3
    assert first.order_id.startswith("ord_")
    assert first.command_id != first.order_id


def test_ids_without_a_reference_follow_from_the_content(read: Reader) -> None:
    order = {name: value for name, value in ORDER.items() if name != "external_ref"}
    first, written_otherwise, other = map(
        command,
        read(
            lines(
                order,
                order | {"items": [ITEM | {"price": 50}], "placed_at": "2026-01-01T01:00:00+01:00"},
                order | {"client_id": "client-2"},
            )
        ),
    )
    assert first.order_id == written_otherwise.order_id != other.order_id


def test_an_id_once_given_is_given_again_by_every_version(read: Reader) -> None:
    assert command(read(lines(ORDER))[0]).order_id == "ord_6b4a3b4fe29d5ac4dff92d18fe7420c1"


@pytest.mark.parametrize("name", ["orders.jsonl", "orders.jsonl.gz", "orders"])
def test_gzip_shows_in_the_content_not_in_the_name(read: Reader, name: str) -> None:
    plain = lines(ORDER, ORDER)
    assert [each.line for each in read(gzip.compress(plain) + gzip.compress(plain), name)] == [1, 2, 3, 4]
    assert len(read(plain, name)) == 2


def test_bad_lines_are_named_with_every_field_and_the_others_are_read(read: Reader) -> None:
    bad = ORDER | {"items": [ITEM | {"quantity": 0}], "order_id": "ord_1"}
    found = read(lines(ORDER) + b"\nnonsense\n" + lines(bad, ORDER))
    assert [each.line for each in found] == [1, 3, 4, 5]
    assert said(found)[0].startswith("line 3: The body is not JSON")
    assert said(found)[1].startswith("line 4: items/0/quantity: ")
    assert "order_id: is not a known field" in said(found)[1]


def test_what_is_cut_off_is_said_after_what_could_be_read(read: Reader) -> None:
    found = read(gzip.compress(lines(*[ORDER] * 20_000))[:-100])
    assert all(isinstance(each, Outgoing) for each in found[:-1])
    assert "cannot be read from about here on" in said(found)[-1]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_adjacent_rows_of_one_order_are_its_items(read: Reader, pack: Callable[[bytes], bytes]) -> None:
    rows = (
        'c,r1,2026-01-01T00:00:00Z,s1,"A ""quoted"",\nname",1,1.50\n'
        "c,r1,2026-01-01T00:00:00Z,s2,B,2,0.1\n"
        "c,,,s1,A,1,3\n"
        "c,,,s1,A,1,4\n"
    )
    found = read(pack(("\ufeff" + HEADER + rows).encode()))
    first, second, third = map(command, found)
    assert [each.line for each in found] == [2, 5, 6]
    assert [(item.name, item.price) for item in first.items] == [
        ('A "quoted",\nname', Decimal("1.50")),
        ("B", Decimal("0.1")),
    ]
    assert (first.placed_at, second.placed_at, second.external_ref) == (NOW, None, None)
    assert second.order_id != third.order_id


def test_csv_and_json_of_one_order_are_the_same_command(read: Reader) -> None:
    row = "client-1,shop-1,2026-01-01T00:00:00Z,P001,Package A,2,50.00\n"
    from_csv, from_json = read(HEADER + row)[0], read(lines(ORDER))[0]
    assert isinstance(from_csv, Outgoing)
    assert isinstance(from_json, Outgoing)
    assert from_csv.key == from_json.key


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("c,r,,s,A,x,1\n", "line 2: quantity (line 2): Input should be a valid integer"),
        ("c,r,,s,A,1,1\nc,r,,s,A,1,1.23456\n", "line 2: price (line 3): must have at most 4 decimals"),
        ("c,r,,s,A,1\n", "line 2: 6 columns instead of 7"),
        (
            "c,r,,s,A,1,1\nc,r,2026-01-01T00:00:00Z,s,A,1,1\n",
            "line 3: placed_at: differs from line 2 of the same order",
        ),
        ("no client,r,,s,A,1,1\n", "line 2: client_id: must be 1 to 128 characters of A-Z a-z 0-9 . _ : -"),
        ('c,r,,s,"A"B,1,1\n', "line 2: ',' expected after '\"'"),
    ],
)
def test_a_bad_row_is_named_with_its_column_and_the_next_order_is_read(read: Reader, rows: str, expected: str) -> None:
    found = read(HEADER + rows + "c,next,,s,A,1,1\n")
    assert said(found)[0].startswith(expected)
    assert command(found[-1]).external_ref == "next"


def test_a_row_that_is_not_utf_8_is_named(read: Reader) -> None:
    assert said(read(HEADER.encode() + b"c,r,,s,\xff,1,1\n")) == ["line 2: not UTF-8"]


def test_more_rows_than_an_order_may_have_items_are_one_bad_order(read: Reader) -> None:
    (bad,) = read(HEADER + "c,r,,s,A,1,1\n" * 2_000)
    assert str(bad).startswith("line 2: items: ")


def test_a_header_without_a_column_says_which(read: Reader) -> None:
    (bad,) = said(read("client_id,sku,name,quantity,prize\n"))
    assert bad.startswith("line 1: a header without price; the columns are client_id, ")
