"""The backends every contract suite runs over; a server starts when the first test asks for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from orderflow.adapters.memory_orders import InMemoryOrderStore
from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.adapters.mongo_orders import MongoOrderStore
from orderflow.adapters.mongo_queries import MongoOrderQueries
from orderflow.ports import OrderQueries, OrderStore

Orders = tuple[OrderStore, OrderQueries]


@pytest.fixture(params=["memory", "mongo"])
async def orders(request: pytest.FixtureRequest, unique: str) -> AsyncIterator[Orders]:
    """A store without orders, and the queries that see what it saves."""
    if request.param == "memory":
        memory = InMemoryOrderStore()
        yield memory, memory
        return
    async with mongo_orders(request.getfixturevalue("mongo_url"), unique) as orders:
        yield orders


@pytest.fixture
def store(orders: Orders) -> OrderStore:
    return orders[0]


@pytest.fixture
def queries(orders: Orders) -> OrderQueries:
    return orders[1]


@asynccontextmanager
async def mongo_orders(url: str, database: str) -> AsyncIterator[Orders]:
    connection = MongoConnection(SecretStr(url), database)
    await connection.ensure_indexes()
    try:
        yield MongoOrderStore(connection), MongoOrderQueries(connection, lambda: datetime.now(UTC))
    finally:
        await connection.orders.database.client.drop_database(database)
        await connection.close()
