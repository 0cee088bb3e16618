"""The orders of a real MongoDB, among them documents that are none."""

from datetime import UTC, datetime

import pytest

from orderflow.adapters.mongo_audit import MongoOrderAudit
from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.adapters.mongo_orders import MongoOrderStore
from orderflow.adapters.mongo_queries import MongoOrderQueries
from orderflow.domain.stored import StoredOrder
from orderflow.verification.evidence import evidence
from orderflow.verification.listing import ListReading
from orderflow.verification.order_rows import UnreadableOrder
from tests.builders import create_order, stored_order
from tests.unit.deployed import Unwatched

NEVER_AN_ORDER = {"client_id": "client-123", "state": "created", "created_at": datetime(2026, 1, 1, tzinfo=UTC)}


@pytest.fixture
async def connection(database: MongoConnection) -> MongoConnection:
    """Two orders, and three documents that cannot be read."""
    await database.ensure_indexes()
    store = MongoOrderStore(database)
    await store.save([store.encode(stored_order(create_order(order_id))) for order_id in ("ord_1", "ord_2")])
    await database.orders.insert_one({"_id": "bare", **NEVER_AN_ORDER})
    await database.orders.insert_one({"_id": "odd", "version": {"of": "it"}})
    copy = await database.orders.find_one({"_id": "ord_1"}) or {}
    await database.orders.insert_one({**copy, "_id": "unremembered", "history": [{}]})
    return database


async def test_orders_that_cannot_be_read_are_named_beside_the_others(connection: MongoConnection) -> None:
    audit = MongoOrderAudit(connection)

    found = [each async for some in audit.orders() for each in some]
    versions = dict([each async for some in audit.versions() for each in some])

    assert {each.order.order_id for each in found if isinstance(each, StoredOrder)} == {"ord_1", "ord_2"}
    unreadable = {each.order_id: each.reason for each in found if isinstance(each, UnreadableOrder)}
    assert unreadable.keys() == {"bare", "odd", "unremembered"}
    assert "KeyError" in unreadable["bare"]
    assert versions == {"ord_1": 1, "ord_2": 1, "unremembered": 1, "bare": None, "odd": None}


async def test_a_list_with_such_a_document_is_named(connection: MongoConnection) -> None:
    queries = MongoOrderQueries(connection, lambda: datetime.now(UTC))
    with evidence() as read:
        await ListReading(queries, read, Unwatched()).all()

        assert [name for (name,) in read.rows("SELECT list FROM unwalked")] == ["state created"]
        assert "KeyError" in next(read.rows("SELECT detail FROM broken"))[0]
