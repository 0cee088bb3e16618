"""The composition root of the worker: settings become adapters, adapters its processor."""

import asyncio
import logging
import os
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from orderflow.adapters.kafka_access import KafkaAccess, KafkaRefusalError
from orderflow.adapters.kafka_admission import knock
from orderflow.adapters.kafka_publisher import KafkaPublisher
from orderflow.adapters.mongo_connection import LoginRefusedError, MongoConnection
from orderflow.adapters.mongo_orders import MongoOrderStore
from orderflow.adapters.redis_cache import RedisCache
from orderflow.adapters.redis_connection import LIMIT_SECONDS, RedisConnection
from orderflow.adapters.server_urls import UnusableUrlError
from orderflow.domain.decide import Rules
from orderflow.domain.errors import LifecycleError
from orderflow.domain.lifecycle import Lifecycle, lifecycle_from
from orderflow.domain.lifecycles import DEFAULT, STRICT
from orderflow.processing.encoding import BatchFolder
from orderflow.processing.hot_orders import HotOrders
from orderflow.processing.instruments import Instruments, NullInstruments
from orderflow.processing.patience import patience
from orderflow.processing.processor import KAFKA, MONGODB, CommandProcessor
from orderflow.processing.readiness import Readiness
from orderflow.settings import Settings
from orderflow.streaming.topics import ensure_topics
from orderflow.tracing.opening import open_tracing
from orderflow.tracing.ports import Tracing

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

CHECK_SECONDS = 5.0
SOURCE = "/orderflow"
"""`ce_source` of every event."""


class RefusedStartError(Exception):
    """A setting or a topic that nothing could run with; the message says what to change."""


def tracing(role: str) -> AbstractAsyncContextManager[Tracing]:
    """As OpenTelemetry's own variables say."""
    return open_tracing(role, os.environ)


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


async def check_access(settings: Settings) -> None:
    """Whether the ways to the servers can be used, as far as it shows before one is asked. Raises RefusedStartError."""
    kafka_access(settings)
    async with mongo(settings), redis(settings):
        pass


def kafka_access(settings: Settings) -> KafkaAccess:
    """Raises RefusedStartError where a file of the settings cannot be used."""
    try:
        return KafkaAccess.of(settings)
    except KafkaRefusalError as refusal:
        raise RefusedStartError(str(refusal)) from refusal


@contextmanager
def _refused(variable: str) -> Iterator[None]:
    try:
        yield
    except UnusableUrlError as error:
        raise RefusedStartError(f"{variable}: {error}") from None


@asynccontextmanager
async def mongo(settings: Settings) -> AsyncIterator[MongoConnection]:
    """Raises RefusedStartError where the URL cannot be used."""
    with _refused("ORDERFLOW_MONGO_URL"):
        connection = MongoConnection(settings.mongo_url, settings.mongo_database)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def redis(settings: Settings, limit: float = LIMIT_SECONDS) -> AsyncIterator[RedisConnection]:
    """Every call ends within so many seconds. Raises RefusedStartError where the URL cannot be used."""
    with _refused("ORDERFLOW_REDIS_URL"):
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
    topics = asyncio.create_task(from_kafka(readiness, ensure_topics, settings))
    indexes = asyncio.create_task(_ensure_indexes(settings, readiness))
    try:
        await asyncio.gather(topics, indexes)
    finally:
        topics.cancel()
        indexes.cancel()
    return topics.result()


async def from_kafka(readiness: Readiness, work: Callable[P, Awaitable[T]], *args: P.args, **options: P.kwargs) -> T:
    """What the work gives, as soon as Kafka answers, however long that takes. Raises RefusedStartError."""
    try:
        found: T = await patience(KAFKA, readiness, KafkaRefusalError)(work, *args, **options)
    except KafkaRefusalError as refusal:
        raise RefusedStartError(str(refusal)) from refusal
    readiness.reached(KAFKA)
    return found


async def _ensure_indexes(settings: Settings, readiness: Readiness) -> None:
    async with mongo(settings) as connection:
        try:
            await patience(MONGODB, readiness, LoginRefusedError)(connection.ensure_indexes)
        except LoginRefusedError as refusal:
            raise RefusedStartError(f"MongoDB does not let us in: {refusal}: see ORDERFLOW_MONGO_URL") from refusal
    readiness.reached(MONGODB)


async def check_topics(settings: Settings) -> None:
    """Once, for a role that also starts while Kafka is away. Raises RefusedStartError."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await ensure_topics(settings)
    except KafkaRefusalError as refusal:
        raise RefusedStartError(str(refusal)) from refusal
    except Exception as error:  # noqa: BLE001 - whatever keeps Kafka from answering, queries can be served
        log.warning("topics are not checked, Kafka at %s does not answer: %r", settings.kafka_brokers, error)


@asynccontextmanager
async def command_processor(
    settings: Settings, readiness: Readiness, group: str, instruments: Instruments | None = None
) -> AsyncIterator[CommandProcessor]:
    """What the worker's agent applies its batches with."""
    log_name = await prepare(settings, readiness)
    kafka = kafka_access(settings)
    publisher = KafkaPublisher(kafka=kafka, prefix=settings.topic_prefix, partitions=settings.partitions)
    async with AsyncExitStack() as stack:
        traced = await stack.enter_async_context(tracing("worker"))
        database = await stack.enter_async_context(mongo(settings))
        store = MongoOrderStore(database)
        cache = await stack.enter_async_context(redis_cache(settings))
        readiness.probe(KAFKA, partial(knock, kafka))
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
            instruments=traced.instruments(instruments or NullInstruments()),
        )
