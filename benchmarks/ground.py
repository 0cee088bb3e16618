"""Where one measurement takes place: topics, a database and keys of its own, dropped afterwards."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from motor.motor_asyncio import AsyncIOMotorClient
from redis.asyncio import Redis

from orderflow.adapters.redis_keys import RedisKeys
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
        return self.settings.named(topic)


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
    async with _clients(place.settings) as (admin, client), AsyncExitStack() as stack:
        await _refuse(place.settings, admin, client)
        stack.push_async_callback(_forget_keys, place.settings)
        stack.push_async_callback(client.drop_database, name)
        stack.push_async_callback(admin.delete_topics, [place.topic(topic) for topic in Topic])
        await prepare(place.settings, Readiness())
        yield place


async def refuse_what_is_not_empty(settings: Settings) -> None:
    """Raises NotEmptyError where a deployment of these settings has topics, a collection or keys."""
    async with _clients(settings) as (admin, client):
        await _refuse(settings, admin, client)


@asynccontextmanager
async def _clients(settings: Settings) -> AsyncIterator[tuple[AIOKafkaAdminClient, AsyncIOMotorClient[Any]]]:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_brokers)
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(settings.mongo_url.get_secret_value())
    try:
        await admin.start()
        yield admin, client
    finally:
        client.close()
        await admin.close()


def _settings(environment: Mapping[str, str]) -> Settings:
    given = {name.removeprefix("ORDERFLOW_").lower(): value for name, value in environment.items()}
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]  # pydantic reads the strings


async def _refuse(settings: Settings, admin: AIOKafkaAdminClient, client: AsyncIOMotorClient[Any]) -> None:
    topics = {settings.named(topic) for topic in Topic} & set(await admin.list_topics())
    if topics:
        raise NotEmptyError(f"topic {min(topics)} exists: a benchmark needs an ORDERFLOW_TOPIC_PREFIX of its own")
    if await client[settings.mongo_database].list_collection_names():
        raise NotEmptyError(f"database {settings.mongo_database} is not empty: a benchmark needs one of its own")
    if await _keys(settings):
        raise NotEmptyError("Redis holds orders under this ORDERFLOW_REDIS_PREFIX: a benchmark needs one of its own")


async def _keys(settings: Settings) -> list[bytes | str]:
    """Some of the orders' keys, or of the others with that prefix where there is one."""
    pattern = f"{settings.redis_prefix}*" if settings.redis_prefix else f"{RedisKeys().order('')}*"
    async with Redis.from_url(settings.redis_url.get_secret_value()) as redis:
        cursor, keys = 0, list[bytes | str]()
        while not keys:
            cursor, keys = await redis.scan(cursor, match=pattern, count=_KEYS_AT_ONCE)
            if not cursor:
                break
        return keys


async def _forget_keys(settings: Settings) -> None:
    async with Redis.from_url(settings.redis_url.get_secret_value()) as redis:
        while keys := await _keys(settings):
            await redis.unlink(*keys)
