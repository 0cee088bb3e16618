"""What only MongoDB can show: its indexes, and how it fails."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr
from pymongo.errors import OperationFailure

from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.adapters.mongo_orders import MongoOrderStore
from orderflow.adapters.mongo_queries import MongoOrderQueries
from orderflow.domain.lifecycle import State
from orderflow.domain.listing import ListQuery
from tests.builders import stored_order
from tests.chaos.proxy import Proxy


async def test_there_are_three_indexes_however_often_they_are_made(database: MongoConnection) -> None:
    await asyncio.gather(*(database.ensure_indexes() for _ in range(3)))
    await database.ensure_indexes()
    indexes = {name: index["key"] for name, index in (await database.orders.index_information()).items()}
    indexes.pop("_id_")
    assert [[field for field, _ in key] for key in sorted(indexes.values())] == [
        ["client_id", "created_at", "_id"],
        ["client_id", "external_ref"],
        ["state", "created_at", "_id"],
    ]


async def test_a_database_that_is_away_raises_within_its_limit(closed_port: int) -> None:
    connection = MongoConnection(SecretStr(f"mongodb://127.0.0.1:{closed_port}"), "away")
    store, queries = MongoOrderStore(connection), MongoOrderQueries(connection, lambda: datetime.now(UTC))
    started = time.monotonic()
    answers = await asyncio.gather(
        store.load(["ord_1"]),
        store.save([store.encode(stored_order())]),
        queries.get("ord_1"),
        queries.find(ListQuery()),
        queries.ping(),
        return_exceptions=True,
    )
    assert all(isinstance(answer, Exception) for answer in answers)
    assert time.monotonic() - started < 6
    await connection.close()


async def test_who_gives_up_on_a_silent_database_is_let_go_at_once(mongo_url: str, unique: str) -> None:
    async with Proxy(urlsplit(mongo_url).port or 27_017) as proxy:
        connection = MongoConnection(SecretStr(f"mongodb://127.0.0.1:{proxy.port}/?directConnection=true"), unique)
        queries = MongoOrderQueries(connection, lambda: datetime.now(UTC))
        assert not await queries.find(ListQuery())
        proxy.swallow()
        started = time.monotonic()
        for query in (ListQuery(), ListQuery(states=(State.CREATED,))):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await queries.find(query)
        assert time.monotonic() - started < 2
        await connection.close()


async def test_without_transactions_lists_over_several_states_go_on(
    database: MongoConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await MongoOrderStore(database).save([MongoOrderStore(database).encode(replace(stored_order(), revision=1))])
    asked = []

    @asynccontextmanager
    async def refused() -> AsyncIterator[None]:
        asked.append(1)
        raise OperationFailure("Transaction numbers are only allowed on a replica set member or mongos", 20)
        yield

    monkeypatch.setattr(database, "_reading", refused)
    queries = MongoOrderQueries(database, lambda: datetime.now(UTC))
    for _ in range(2):
        assert len(await queries.find(ListQuery())) == 1
    assert len(asked) == 1
