"""Orders put into the collection by the real encoder, past Kafka: what a benchmark finds there."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bson.raw_bson import RawBSONDocument
from pymongo import InsertOne, WriteConcern

from benchmarks.workload import CLIENTS, client_of
from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.adapters.mongo_documents import write_of
from orderflow.bootstrap import mongo
from orderflow.domain.commands import CreateOrder
from orderflow.domain.decide import Rules
from orderflow.domain.handle import handle
from orderflow.domain.lifecycles import DEFAULT
from orderflow.domain.order import Item
from orderflow.domain.stored import Coordinates, Received, StoredOrder
from orderflow.settings import Settings

ORDERS_PER_CLIENT = 20
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
CHUNK = 1_000

RULES = Rules(lifecycle=DEFAULT, currency="USD")
_ITEMS = (
    Item(sku="P001", name="Package A", quantity=2, price=Decimal("50.0")),
    Item(sku="P002", name="Package B", quantity=1, price=Decimal("12.5")),
)


@dataclass(frozen=True, slots=True)
class Seed:
    """One order to be stored."""

    order_id: str
    client_id: str
    created_at: datetime


def seeds(prefix: str, first: int, last: int) -> list[Seed]:
    """Orders `first` to (not including) `last`, a second apart; a client has a few, however many there are."""
    return [
        Seed(f"{prefix}{number}", f"{prefix}{number // ORDERS_PER_CLIENT}", BEGINNING + timedelta(seconds=number))
        for number in range(first, last)
    ]


def seeds_of(order_ids: Sequence[str]) -> list[Seed]:
    """The stored orders of a workload, of the same clients as its new ones."""
    return [Seed(order_id, client_of(number + CLIENTS), BEGINNING) for number, order_id in enumerate(order_ids)]


def stored_order(seed: Seed) -> StoredOrder:
    """Created by a record of another log, so that no command's record lies before it."""
    command = CreateOrder(
        command_id="seed", order_id=seed.order_id, client_id=seed.client_id, items=_ITEMS, external_ref=seed.order_id
    )
    coordinates = Coordinates(log="seed", partition=0, offset=0, timestamp=0)
    received = Received(command=command, fingerprint="0" * 64, coordinates=coordinates)
    stored = handle(None, received, seed.created_at, RULES).stored
    if stored is None:
        raise AssertionError("a creation makes an order")
    return replace(stored, revision=1)


async def store(settings: Settings, orders: Sequence[Seed], stored: Callable[[int], None] = lambda _: None) -> None:
    """Insert them; `stored` hears how many more there are. Not durable until the database says so by itself."""
    async with mongo(settings) as connection:
        inserting: asyncio.Future[int] | None = None
        for documents in _chunks(orders):
            if inserting:
                stored(await inserting)
            inserting = asyncio.ensure_future(_insert(connection, documents))
            # Let it start, so that the database works while the next ones are encoded.
            await asyncio.sleep(0)
        if inserting:
            stored(await inserting)


async def _insert(connection: MongoConnection, documents: Sequence[bytes]) -> int:
    orders = connection.orders.with_options(write_concern=WriteConcern(1))
    await orders.bulk_write([InsertOne(RawBSONDocument(document)) for document in documents], ordered=False)
    return len(documents)


def _chunks(orders: Sequence[Seed]) -> Iterator[list[bytes]]:
    for first in range(0, len(orders), CHUNK):
        yield [write_of(stored_order(seed)).document for seed in orders[first : first + CHUNK]]
