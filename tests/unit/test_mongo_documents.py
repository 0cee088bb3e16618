"""Orders to MongoDB documents and back."""

from dataclasses import replace
from decimal import Decimal

import bson
import pytest
from hypothesis import given

from orderflow.adapters.mongo_documents import OPTIONS, listed_order, stored_order_of, write_of
from orderflow.domain.events import OrderCreated
from orderflow.domain.lifecycle import State
from orderflow.domain.stored import Coordinates, StoredOrder, Verdict
from tests.builders import NOW, cancel_order, change_state, create_order, item
from tests.builders import stored_order as order_of
from tests.unit.lives import stored_orders


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
        *("created_at", "updated_at", "failed_attempts", "created_by", "sources", "history", "ledger"),
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
