"""From settings to everything that a verification reads, once nothing of it is missing."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import click

from orderflow import bootstrap
from orderflow.adapters.kafka_access import KafkaAccess, KafkaRefusalError
from orderflow.adapters.kafka_cluster import KafkaCluster, kafka_cluster
from orderflow.adapters.kafka_partitions import partition_of
from orderflow.adapters.kafka_reader import KafkaReader, MissingTopicError, kafka_reader
from orderflow.adapters.mongo_audit import MongoOrderAudit
from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.adapters.mongo_queries import MongoOrderQueries
from orderflow.adapters.redis_audit import RedisOrderAudit
from orderflow.adapters.redis_statistics import RedisStatistics
from orderflow.cli.stored_order import mongo_away
from orderflow.settings import Settings
from orderflow.streaming.exchange_opening import kafka_away
from orderflow.streaming.topics import log_name
from orderflow.verification.rows import Layout
from orderflow.verification.sources import Deployment
from orderflow.wire.records import Topic

REACH_SECONDS = 10.0
CACHE_LIMIT_SECONDS = 5.0
"""Nobody waits for an answer here, and a cache that is only slow must be checked."""


@asynccontextmanager
async def open_deployment(settings: Settings, patience: float) -> AsyncIterator[Deployment]:
    """Raises click.ClickException where Kafka or MongoDB is away, or what `orderflow init` makes is missing."""
    async with AsyncExitStack() as stack:
        reader, cluster = await _kafka(settings, stack)
        connection = await stack.enter_async_context(bootstrap.mongo(settings))
        redis = await stack.enter_async_context(bootstrap.redis(settings, CACHE_LIMIT_SECONDS))
        partitions = await _complete(settings, reader, connection)
        log = log_name(await cluster.id(), settings)
        yield Deployment(
            logs=reader,
            group=cluster,
            orders=MongoOrderAudit(connection),
            queries=MongoOrderQueries(connection, bootstrap.now),
            cached=RedisOrderAudit(redis, settings.redis_prefix),
            statistics=RedisStatistics(redis, settings.redis_prefix),
            layout=Layout(log_name=log, partitions=partitions, partition_of=partition_of),
            prefix=settings.topic_prefix,
            source=bootstrap.SOURCE,
            patience=patience,
        )


async def _kafka(settings: Settings, stack: AsyncExitStack) -> tuple[KafkaReader, KafkaCluster]:
    try:
        kafka = KafkaAccess.of(settings)
        async with asyncio.timeout(REACH_SECONDS):
            reader = await stack.enter_async_context(kafka_reader(kafka))
            return reader, await stack.enter_async_context(kafka_cluster(kafka))
    except KafkaRefusalError as refusal:
        raise click.ClickException(str(refusal)) from refusal
    except Exception as error:  # which errors a driver has is the adapter's affair
        raise click.ClickException(str(kafka_away(settings.kafka_brokers))) from error


async def _complete(settings: Settings, reader: KafkaReader, connection: MongoConnection) -> int:
    """How many partitions every topic has."""
    counts = await _partition_counts(settings, reader)
    missing = [f"topic {topic}" for topic, count in counts.items() if not count]
    try:
        indexes = await connection.missing_indexes()
    except Exception as error:
        raise mongo_away(settings, error) from error
    missing += [f"the index on {fields} of {settings.mongo_database}.orders" for fields in indexes]
    if missing:
        raise click.ClickException(
            f"the deployment lacks {'; '.join(missing)}: `orderflow init` creates what is missing"
        )
    if len(set(counts.values())) > 1:
        found = ", ".join(f"{topic} has {count}" for topic, count in counts.items())
        raise click.ClickException(f"the topics differ in their partitions: {found}")
    return next(iter(counts.values()))


async def _partition_counts(settings: Settings, reader: KafkaReader) -> Mapping[str, int]:
    """Topic -> its partitions, 0 where it is missing."""
    counts = {}
    for topic in Topic:
        name = settings.named(topic)
        try:
            counts[name] = len(await reader.ends(name))
        except MissingTopicError:
            counts[name] = 0
    return counts
