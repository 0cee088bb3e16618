"""Orders to MongoDB documents and back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import bson
import pytest
from hypothesis import given
from hypothesis import strategies as some

from orderflow.adapters.mongo_documents import OPTIONS, listed_order, stored_order_of, write_of
from orderflow.domain.commands import CancelOrder, ChangeState, Command, CreateOrder
from orderflow.domain.events import OrderCreated
from orderflow.domain.handle import handle
from orderflow.domain.lifecycle import State
from orderflow.domain.order import Item, Location
from orderflow.domain.stored import Coordinates, StoredOrder, Verdict
from tests.builders import NOW, RULES, cancel_order, change_state, create_order, item, received
from tests.builders import stored_order as order_of

TEXTS = some.text(some.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
MAYBE_TEXT = some.none() | TEXTS
PRICES = some.decimals(min_value=0, max_value=10**9, places=4) | some.decimals(min_value=0, max_value=10**9, places=0)
ITEMS = some.builds(Item, sku=TEXTS, name=TEXTS, quantity=some.integers(1, 1_000_000), price=PRICES)
ZONES = some.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])
INSTANTS = some.datetimes(datetime(1970, 1, 2), datetime(9998, 1, 1), timezones=ZONES)  # noqa: DTZ001 - bounds are naive
LOCATIONS = some.builds(Location, lat=some.floats(-90, 90), lon=some.floats(-180, 180), label=MAYBE_TEXT)
CREATIONS = some.builds(
    CreateOrder,
    command_id=some.just("create"),
    order_id=some.just("ord_1"),
    client_id=some.just("client-123"),
    items=some.lists(ITEMS, min_size=1, max_size=4).map(tuple),
    external_ref=MAYBE_TEXT,
    placed_at=some.none() | INSTANTS,
    actor=MAYBE_TEXT,
)
CHANGES = some.builds(
    ChangeState,
    command_id=some.uuids().map(str),
    order_id=some.just("ord_1"),
    new_state=some.sampled_from(State),
    expected_version=some.none() | some.integers(1, 3),
    reason=MAYBE_TEXT,
    note=MAYBE_TEXT,
    location=some.none() | LOCATIONS,
    actor=MAYBE_TEXT,
)
CANCELLATIONS = some.builds(
    CancelOrder, command_id=some.uuids().map(str), order_id=some.just("ord_1"), reason=TEXTS, note=MAYBE_TEXT
)
OFFSETS = some.integers(0, 2**62)
TRACES = some.none() | some.just("00-" + "0" * 32 + "-" + "1" * 16 + "-01")


@some.composite
def stored_orders(draw: some.DrawFn) -> StoredOrder:
    """Orders that commands have built, with coordinates from anywhere."""
    commands: list[Command] = [draw(CREATIONS), *draw(some.lists(CHANGES | CANCELLATIONS, max_size=8))]
    stored: StoredOrder | None = None
    for command in commands:
        record = replace(
            received(command, draw(OFFSETS), partition=draw(some.integers(0, 3)), log=draw(TEXTS)),
            traceparent=draw(TRACES),
        )
        stored = handle(stored, record, draw(INSTANTS).astimezone(UTC), RULES).stored
    assert stored is not None
    return replace(stored, revision=len(commands))


@given(stored_orders())
def test_every_order_comes_back_as_it_was(stored: StoredOrder) -> None:
    assert stored_order_of(write_of(stored).document) == stored


@given(stored_orders())
def test_encoding_what_was_decoded_gives_the_same_bytes(stored: StoredOrder) -> None:
    write = write_of(stored)
    assert write_of(stored_order_of(write.document)) == write


def test_equal_amounts_keep_their_own_writing() -> None:
    prices = ["1.5", "1.50", "1.500", "1.5"]
    order = order_of(replace(create_order(), items=tuple(item(price=price) for price in prices)))
    decoded = stored_order_of(write_of(order).document).order
    assert [str(each.price) for each in decoded.items] == prices


def test_a_document_has_the_fields_that_others_rely_on() -> None:
    document = bson.decode(write_of(order_of(create_order(external_ref="shop-77"), change_state())).document, OPTIONS)
    assert list(document) == [
        *("_id", "client_id", "state", "items", "total", "currency", "external_ref", "version", "revision"),
        *("created_at", "updated_at", "created_by", "sources", "history", "ledger"),
    ]
    assert document["total"] == bson.Decimal128("200.00")
    assert document["created_at"] == NOW
    assert list(document["history"][1]) == [
        *("version", "type", "from", "to", "at", "command_id", "command", "fingerprint", "coordinates"),
    ]


def test_an_absent_reference_is_left_out() -> None:
    assert "external_ref" not in bson.decode(write_of(order_of()).document)


def test_a_creation_keeps_the_items_it_had() -> None:
    created = order_of(create_order(items=2))
    amended = replace(created, order=replace(created.order, items=(item(9),), total=Decimal("100.00")))
    decoded = stored_order_of(write_of(amended).document)
    assert decoded == amended
    creation = decoded.history[0].event
    assert isinstance(creation, OrderCreated)
    assert creation.items == created.order.items
    assert creation.total == created.order.total


def test_a_creation_whose_items_are_still_the_orders_shares_them() -> None:
    decoded = stored_order_of(write_of(order_of()).document)
    creation = decoded.history[0].event
    assert isinstance(creation, OrderCreated)
    assert creation.items is decoded.order.items


def test_a_remembered_problem_reads_as_it_did() -> None:
    stored = order_of(create_order(), change_state(new_state=State.FAILED), cancel_order())
    verdict = stored_order_of(write_of(stored).document).ledger[0]
    assert isinstance(verdict, Verdict)
    assert verdict.outcome == stored.ledger[0].outcome
    assert list(verdict.outcome.error.extra) == ["current", "requested", "allowed"] if verdict.outcome.error else False


def test_a_listed_order_needs_no_memory() -> None:
    stored = order_of(create_order(external_ref="shop-77"), change_state())
    document = bson.decode(write_of(stored).document, OPTIONS)
    memory = {"history", "ledger", "sources", "created_by"}
    assert listed_order({name: value for name, value in document.items() if name not in memory}) == stored.order


@pytest.mark.parametrize("offset", [0, 2**31 - 1, 2**31, 2**62])
def test_offsets_of_any_size_come_back(offset: int) -> None:
    coordinates = Coordinates(log="a", partition=0, offset=offset, timestamp=1)
    stored = replace(order_of(), sources=(coordinates,))
    assert stored_order_of(write_of(stored).document).sources == (coordinates,)
