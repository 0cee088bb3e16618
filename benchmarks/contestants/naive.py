"""The obvious Faust app: one command at a time, and each server asked for each of them."""

from collections.abc import AsyncIterator
from tempfile import mkdtemp
from typing import Any

import faust
from motor.motor_asyncio import AsyncIOMotorClient
from redis.asyncio import Redis

from benchmarks.contestants.bare import Document, encoded, fold
from orderflow.local.ports import free_port
from orderflow.settings import Settings
from orderflow.wire.records import Topic

settings = Settings()
app = faust.App(
    settings.named("naive"),
    broker=f"kafka://{settings.kafka_brokers}",
    value_serializer="json",
    web_port=free_port(),
    # Faust would make a topic for the leader's election, and folders for tables.
    topic_disable_leader=True,
    datadir=mkdtemp(),
)
commands = app.topic(settings.named(Topic.COMMANDS), partitions=settings.partitions)
events = app.topic(
    settings.named(Topic.EVENTS), partitions=settings.partitions, value_type=bytes, value_serializer="raw"
)


@app.agent(commands)
async def apply_commands(stream: AsyncIterator[Document]) -> None:
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(settings.mongo_url.get_secret_value())
    redis = Redis.from_url(settings.redis_url.get_secret_value())
    orders = client[settings.mongo_database]["orders"]
    async for command in stream:
        stored = await orders.find_one({"_id": command["order_id"]})
        order = fold(stored, command)
        if stored:
            await orders.replace_one({"_id": order["_id"]}, order)
        else:
            await orders.insert_one(order)
        shown = encoded({**order, "order_id": order["_id"], "command_id": command["command_id"]})
        await redis.set(f"{settings.redis_prefix}order:{order['_id']}", shown)
        await events.send(key=order["_id"], value=shown)
