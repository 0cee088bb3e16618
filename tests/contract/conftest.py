"""The backends every contract suite runs over; a server starts when the first test asks for it."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from orderflow.adapters.memory_cache import InMemoryCache
from orderflow.adapters.memory_orders import InMemoryOrderStore
from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.adapters.mongo_orders import MongoOrderStore
from orderflow.adapters.mongo_queries import MongoOrderQueries
from orderflow.adapters.redis_cache import RedisCache
from orderflow.adapters.redis_connection import RedisConnection
from orderflow.local.server import Server
from orderflow.ports import CacheRefresher, OrderCache, OrderQueries, OrderStore, OutcomeCache
from tests.contract.redis_cluster import OneNodeCluster

Orders = tuple[OrderStore, OrderQueries]
Cache = InMemoryCache | RedisCache


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


UNHURRIED = 10.0
"""Seconds that a call may take where the limit is not what is tested: machines are busy at times."""


@pytest.fixture(params=["memory", "redis", "redis cluster"])
async def redis(request: pytest.FixtureRequest) -> AsyncIterator[RedisConnection | None]:
    """A server and a cluster; None asks for the twin in memory."""
    if request.param == "memory":
        yield None
        return
    server = "redis_url" if request.param == "redis" else "redis_cluster_url"
    connection = RedisConnection(SecretStr(request.getfixturevalue(server)), limit=UNHURRIED)
    yield connection
    await connection.close()


@pytest.fixture
def cache(redis: RedisConnection | None, unique: str) -> Cache:
    """An empty cache: the worker's refresher and the facade's two readers."""
    return RedisCache(redis, prefix=f"{unique}:") if redis else InMemoryCache()


@pytest.fixture(scope="session")
def redis_cluster_url(server_folder: Path) -> Iterator[str]:
    with Server(OneNodeCluster(), server_folder) as server:
        yield server.environment["ORDERFLOW_REDIS_URL"]


@pytest.fixture
def refresher(cache: Cache) -> CacheRefresher:
    return cache


@pytest.fixture
def order_cache(cache: Cache) -> OrderCache:
    return cache


@pytest.fixture
def outcome_cache(cache: Cache) -> OutcomeCache:
    return cache


@pytest.fixture
def closed_port() -> int:
    """Where nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
        return port
