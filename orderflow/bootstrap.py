"""The composition root of the worker: settings become adapters, adapters its processor."""

import asyncio
import logging
import tomllib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from orderflow.adapters.kafka_connection import ping
from orderflow.adapters.kafka_publisher import KafkaPublisher
from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.adapters.mongo_orders import MongoOrderStore
from orderflow.adapters.redis_cache import RedisCache
from orderflow.adapters.redis_connection import LIMIT_SECONDS, RedisConnection
from orderflow.domain.decide import Rules
from orderflow.domain.errors import LifecycleError
from orderflow.domain.lifecycle import Lifecycle, lifecycle_from
from orderflow.domain.lifecycles import DEFAULT, STRICT
from orderflow.processing.encoding import BatchFolder
from orderflow.processing.hot_orders import HotOrders
from orderflow.processing.patience import patience
from orderflow.processing.processor import KAFKA, MONGODB, CommandProcessor
from orderflow.processing.readiness import Readiness
from orderflow.settings import Settings
from orderflow.streaming.partitions import PartitionsRefusedError, raise_partitions
from orderflow.streaming.topic_configs import TopicMismatchError
from orderflow.streaming.topics import ensure_topics

log = logging.getLogger(__name__)

CHECK_SECONDS = 5.0
SOURCE = "/orderflow"
"""`ce_source` of every event."""


class RefusedStartError(Exception):
    """A setting or a topic that nothing could run with; the message says what to change."""


def now() -> datetime:
    return datetime.now(UTC)


def lifecycle(settings: Settings) -> Lifecycle:
    """Raises RefusedStartError naming the table's wrong entry."""
    shipped = {"default": DEFAULT, "strict": STRICT}.get(settings.lifecycle)
    if shipped:
        return shipped
    try:
        return lifecycle_from(tomllib.loads(Path(settings.lifecycle).read_text()))
    except (OSError, tomllib.TOMLDecodeError, LifecycleError) as error:
        raise RefusedStartError(f"ORDERFLOW_LIFECYCLE={settings.lifecycle}: {error}") from error


@asynccontextmanager
async def mongo(settings: Settings) -> AsyncIterator[MongoConnection]:
    connection = MongoConnection(settings.mongo_url, settings.mongo_database)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def redis(settings: Settings, limit: float = LIMIT_SECONDS) -> AsyncIterator[RedisConnection]:
    """Every call ends within so many seconds."""
    connection = RedisConnection(settings.redis_url, limit=limit)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def redis_cache(settings: Settings) -> AsyncIterator[RedisCache]:
    async with redis(settings) as connection:
        yield RedisCache(connection, settings.redis_prefix)


async def prepare(settings: Settings, readiness: Readiness) -> str:
    """Create topics and indexes, waiting for the servers as long as it takes; returns the command log's name.

    Raises RefusedStartError.
    """
    readiness.expect(KAFKA, MONGODB)
    indexes = asyncio.create_task(_ensure_indexes(settings, readiness))
    try:
        name: str = await patience(KAFKA, readiness, TopicMismatchError)(ensure_topics, settings)
        readiness.reached(KAFKA)
        await indexes
    except TopicMismatchError as mismatch:
        raise RefusedStartError(str(mismatch)) from mismatch
    finally:
        indexes.cancel()
    return name


async def _ensure_indexes(settings: Settings, readiness: Readiness) -> None:
    async with mongo(settings) as connection:
        await patience(MONGODB, readiness)(connection.ensure_indexes)
    readiness.reached(MONGODB)


async def grow(settings: Settings, readiness: Readiness, *, force: bool) -> None:
    """Raise the topics that exist to the settings' partition count. Raises RefusedStartError."""
    try:
        await patience(KAFKA, readiness, PartitionsRefusedError)(raise_partitions, settings, force=force)
    except PartitionsRefusedError as refusal:
        raise RefusedStartError(str(refusal)) from refusal
    readiness.reached(KAFKA)


async def check_topics(settings: Settings) -> None:
    """Once, for a role that also starts while Kafka is away. Raises RefusedStartError."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await ensure_topics(settings)
    except TopicMismatchError as mismatch:
        raise RefusedStartError(str(mismatch)) from mismatch
    except Exception as error:  # noqa: BLE001 - whatever keeps Kafka from answering, queries can be served
        log.warning("topics are not checked, Kafka at %s does not answer: %r", settings.kafka_brokers, error)


@asynccontextmanager
async def command_processor(settings: Settings, readiness: Readiness, group: str) -> AsyncIterator[CommandProcessor]:
    """What the worker's agent applies its batches with."""
    log_name = await prepare(settings, readiness)
    publisher = KafkaPublisher(
        brokers=settings.kafka_brokers, prefix=settings.topic_prefix, partitions=settings.partitions
    )
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(mongo(settings))
        store = MongoOrderStore(database)
        cache = await stack.enter_async_context(redis_cache(settings))
        readiness.probe(KAFKA, partial(ping, settings.kafka_brokers))
        readiness.probe(MONGODB, database.ping)
        readiness.probe("Redis", cache.ping, needed=False)
        stack.push_async_callback(publisher.close)
        rules = Rules(lifecycle=lifecycle(settings), currency=settings.currency)
        yield CommandProcessor(
            store=store,
            cache=cache,
            publisher=publisher,
            clock=now,
            folder=BatchFolder(rules=rules, encode=store.encode, source=SOURCE, group=group),
            hot=HotOrders(settings.hot_order_bytes),
            readiness=readiness,
            log_name=log_name,
        )
