"""Where one measurement takes place: topics, a database and keys of its own, dropped afterwards."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from motor.motor_asyncio import AsyncIOMotorClient
from redis.asyncio import Redis

from orderflow.bootstrap import prepare
from orderflow.processing.readiness import Readiness
from orderflow.settings import Settings
from orderflow.wire.records import Topic

PARTITIONS = 8
_KEYS_AT_ONCE = 5_000


class NotEmptyError(Exception):
    """Somebody's topics or orders are there; the message names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """`environment` holds the ORDERFLOW_* settings of every process that takes part."""

    environment: Mapping[str, str]
    settings: Settings

    def topic(self, topic: Topic) -> str:
        return f"{self.settings.topic_prefix}{topic}"


@asynccontextmanager
async def ground(servers: Mapping[str, str], name: str) -> AsyncIterator[Ground]:
    """Topics and indexes, made now and dropped at the end. Raises NotEmptyError before anything is made."""
    environment = {
        **servers,
        "ORDERFLOW_TOPIC_PREFIX": f"{name}.",
        "ORDERFLOW_MONGO_DATABASE": name,
        "ORDERFLOW_REDIS_PREFIX": f"{name}:",
        "ORDERFLOW_PARTITIONS": str(PARTITIONS),
    }
    place = Ground(environment=environment, settings=_settings(environment))
    async with AsyncExitStack() as stack:
        admin = AIOKafkaAdminClient(bootstrap_servers=place.settings.kafka_brokers)
        stack.push_async_callback(admin.close)
        await admin.start()
        client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(place.settings.mongo_url.get_secret_value())
        stack.callback(client.close)
        await _refuse_what_is_not_empty(place, admin, client)
        stack.push_async_callback(_forget_keys, place)
        stack.push_async_callback(client.drop_database, name)
        stack.push_async_callback(admin.delete_topics, [place.topic(topic) for topic in Topic])
        await prepare(place.settings, Readiness())
        yield place


def _settings(environment: Mapping[str, str]) -> Settings:
    given = {name.removeprefix("ORDERFLOW_").lower(): value for name, value in environment.items()}
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]  # pydantic reads the strings


async def _refuse_what_is_not_empty(place: Ground, admin: AIOKafkaAdminClient, client: AsyncIOMotorClient[Any]) -> None:
    prefix, database = place.settings.topic_prefix, place.settings.mongo_database
    topics = sorted(topic for topic in await admin.list_topics() if topic.startswith(prefix))
    if topics:
        raise NotEmptyError(f"topic {topics[0]} exists: a benchmark needs a topic prefix of its own, not {prefix}")
    collections = await client[database].list_collection_names()
    if collections:
        raise NotEmptyError(f"database {database} has a collection {collections[0]}: a benchmark needs an empty one")
    if await _keys(place):
        raise NotEmptyError(f"Redis has keys that begin with {place.settings.redis_prefix}")


async def _keys(place: Ground) -> list[bytes | str]:
    """Some of the keys that begin with the prefix."""
    async with Redis.from_url(place.settings.redis_url.get_secret_value()) as redis:
        cursor, keys = 0, list[bytes | str]()
        while not keys:
            cursor, keys = await redis.scan(cursor, match=f"{place.settings.redis_prefix}*", count=_KEYS_AT_ONCE)
            if not cursor:
                break
        return keys


async def _forget_keys(place: Ground) -> None:
    async with Redis.from_url(place.settings.redis_url.get_secret_value()) as redis:
        while keys := await _keys(place):
            await redis.unlink(*keys)
