"""What our guarantees cost: the hand-written loop with dictionaries, ten lines of rules, and no care for repeats."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from aiokafka import AIOKafkaProducer, ConsumerRecord
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from pymongo import InsertOne, ReplaceOne
from redis.asyncio import Redis

from benchmarks.contestants.loop import batches
from benchmarks.contestants.stores import null_store
from benchmarks.workload import STORED
from orderflow.adapters.kafka_partitions import partition_of
from orderflow.settings import Settings
from orderflow.wire.records import Topic

Document = dict[str, Any]


def fold(order: Document | None, command: Document) -> Document:
    now = datetime.now(UTC)
    if command["type"] == "create_order":
        total = sum(item["quantity"] * item["price"] for item in command["items"])
        kept = {name: command[name] for name in ("client_id", "items", "external_ref")}
        return {"_id": command["order_id"], **kept, "state": "created", "version": 1, "total": total, "updated_at": now}
    if order is None:
        raise LookupError(command["order_id"])
    return {**order, "state": command["new_state"], "version": order["version"] + 1, "updated_at": now}


def encoded(order: Document) -> bytes:
    return orjson.dumps(order, default=str)


class MongoDocuments:
    """Orders as they come, written with the driver's own defaults."""

    def __init__(self, orders: AsyncIOMotorCollection[Any]) -> None:
        self._orders = orders

    async def load(self, order_ids: Collection[str]) -> dict[str, Document]:
        found = self._orders.find({"_id": {"$in": list(order_ids)}})
        return {document["_id"]: document async for document in found}

    async def save(self, created: Sequence[Document], changed: Sequence[Document]) -> None:
        inserts = [InsertOne(document) for document in created]
        replacements = [ReplaceOne({"_id": document["_id"]}, document) for document in changed]
        await self._orders.bulk_write([*inserts, *replacements], ordered=False)


class NoDocuments:
    """The null store."""

    async def load(self, order_ids: Collection[str]) -> dict[str, Document]:
        return {
            order_id: {"_id": order_id, "client_id": "client", "state": "created", "version": 1}
            for order_id in order_ids
            if order_id.startswith(STORED)
        }

    async def save(self, created: Sequence[Document], changed: Sequence[Document]) -> None: ...


async def run(settings: Settings) -> None:
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(settings.mongo_url.get_secret_value())
    redis = Redis.from_url(settings.redis_url.get_secret_value())
    store = NoDocuments() if null_store() else MongoDocuments(client[settings.mongo_database]["orders"])
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka_brokers, acks="all", max_batch_size=2**18) as producer:

        async def handle(records: Sequence[ConsumerRecord]) -> None:
            commands = [orjson.loads(record.value) for record in records]
            loaded = await store.load({each["order_id"] for each in commands if each["type"] != "create_order"})
            orders, events = dict(loaded), list[Document]()
            for command in commands:
                order = orders[command["order_id"]] = fold(orders.get(command["order_id"]), command)
                events.append({**order, "order_id": order["_id"], "command_id": command["command_id"]})
            touched = [orders[order_id] for order_id in {command["order_id"] for command in commands}]
            await store.save(
                [order for order in touched if order["_id"] not in loaded],
                [order for order in touched if order["_id"] in loaded],
            )
            await asyncio.gather(_cache(redis, settings, touched), _announce(producer, settings, events))

        await batches(settings, "bare", handle)


async def _cache(redis: Redis, settings: Settings, orders: Sequence[Document]) -> None:
    await redis.mset({f"{settings.redis_prefix}order:{order['_id']}": encoded(order) for order in orders})


async def _announce(producer: AIOKafkaProducer, settings: Settings, events: Sequence[Document]) -> None:
    deliveries = []
    for event in events:
        key = event["order_id"].encode()
        partition = partition_of(key, settings.partitions)
        topic = settings.named(Topic.EVENTS)
        deliveries.append(await producer.send(topic, encoded(event), key, partition))
    await asyncio.gather(*deliveries)
