"""The whole examination: all servers at the same time, one check after another at each."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from pydantic import SecretStr

from orderflow import bootstrap
from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_groups import kafka_groups
from orderflow.adapters.kafka_inspection import kafka_inspection
from orderflow.adapters.kafka_reader import MissingTopicError, kafka_reader, newest_time
from orderflow.adapters.mongo_connection import LoginRefusedError, MongoConnection
from orderflow.adapters.mongo_inspection import MongoInspection
from orderflow.adapters.redis_inspection import RedisInspection
from orderflow.adapters.server_urls import address_of, start_or_name
from orderflow.doctor import brokers, cache, database, readers
from orderflow.doctor.clocks import clock
from orderflow.doctor.configuration import configuration
from orderflow.doctor.deadline import within
from orderflow.doctor.finding import Finding, Level, wrong
from orderflow.doctor.roles import roles
from orderflow.doctor.software import packages, python
from orderflow.ports import CacheUnavailableError
from orderflow.settings import Settings
from orderflow.streaming.changelog_topic import changelog_name
from orderflow.streaming.exchange_opening import kafka_failures_told
from orderflow.streaming.topic_configs import CHECKED
from orderflow.wire.groups import TOPIC_OF_GROUP
from orderflow.wire.records import Topic

_REDIS_SECONDS = 3.0


async def examine(settings: Settings) -> list[Finding]:
    """Everything, in the order in which it is read. A server that is away is one finding, and is asked no more."""
    here = [python(), *packages(), *configuration(settings)]
    parts = (_kafka(settings), _mongodb(settings), _redis(settings), within("roles", roles(settings)))
    return here + [finding for part in await asyncio.gather(*parts) for finding in part]


async def _kafka(settings: Settings) -> list[Finding]:
    found = await within("Kafka", _cluster(settings))
    if found[0].level is Level.WRONG:
        return found
    found += await within("topics", _topics(settings))
    found += await within("writing to Kafka", _writes(settings))
    found += await within("groups", _groups(settings))
    return found + await within("clock of Kafka", _newest_command(settings))


async def _cluster(settings: Settings) -> Iterable[Finding]:
    with kafka_failures_told(settings.kafka_brokers):
        async with kafka_inspection(KafkaAccess.of(settings)) as inspection:
            return brokers.cluster(await inspection.cluster(), settings)


async def _topics(settings: Settings) -> Iterable[Finding]:
    changelog = changelog_name(settings)
    async with kafka_inspection(KafkaAccess.of(settings)) as inspection:
        found = await inspection.topics([*(settings.named(topic) for topic in Topic), changelog], CHECKED)
    return [*brokers.topics(found, settings), *brokers.changelog(found.get(changelog), settings)]


async def _writes(settings: Settings) -> Iterable[Finding]:
    async with kafka_inspection(KafkaAccess.of(settings)) as inspection:
        return brokers.writes(await inspection.refused_writes([settings.named(topic) for topic in Topic]))


async def _groups(settings: Settings) -> Iterable[Finding]:
    found = []
    async with kafka_groups(KafkaAccess.of(settings)) as groups:
        for group, topic in TOPIC_OF_GROUP.items():
            # A topic that is missing has its own finding.
            with suppress(MissingTopicError):
                reading = await groups.read(settings.named(group), settings.named(topic))
                found.append(readers.group(reading, role=group.removeprefix("orderflow-")))
    return found


async def _newest_command(settings: Settings) -> Iterable[Finding]:
    """Kafka tells its time by the stamps it puts on commands; what is behind ours may just be old."""
    newest = None
    async with kafka_reader(KafkaAccess.of(settings)) as reader:
        with suppress(MissingTopicError):
            newest = await newest_time(reader, settings.named(Topic.COMMANDS))
    return [clock("Kafka", max(0.0, newest / 1000 - bootstrap.now().timestamp()))] if newest else []


async def _mongodb(settings: Settings) -> list[Finding]:
    async with bootstrap.mongo(settings) as connection:
        found = await within("MongoDB", _database(connection, settings))
        if found[0].level is Level.OK:
            found += await within("indexes", _indexes(connection, settings))
            found += await within("writing to MongoDB", _orders(connection, settings))
        return found


async def _database(connection: MongoConnection, settings: Settings) -> Iterable[Finding]:
    try:
        await connection.ping()
    except LoginRefusedError as refusal:
        return [wrong("MongoDB", f"does not let us in: {refusal}", "see ORDERFLOW_MONGO_URL")]
    except Exception as error:  # noqa: BLE001 - which errors a driver has is the adapter's affair
        return [_away("MongoDB", settings.mongo_url, type(error).__name__, "ORDERFLOW_MONGO_URL")]
    facts = await MongoInspection(connection, bootstrap.now).server()
    return [*database.server(facts, settings), clock("MongoDB", facts.ahead)]


async def _indexes(connection: MongoConnection, settings: Settings) -> Iterable[Finding]:
    return [database.indexes(await connection.missing_indexes(), settings)]


async def _orders(connection: MongoConnection, settings: Settings) -> Iterable[Finding]:
    return [database.writing(await MongoInspection(connection, bootstrap.now).refused_write(), settings)]


async def _redis(settings: Settings) -> list[Finding]:
    async with bootstrap.redis(settings, _REDIS_SECONDS) as connection:
        return await within(
            "Redis", _cache(RedisInspection(connection, settings.redis_prefix, bootstrap.now), settings)
        )


async def _cache(inspection: RedisInspection, settings: Settings) -> Iterable[Finding]:
    try:
        facts = await inspection.server()
        refusal = await inspection.refused_script()
    except CacheUnavailableError as error:
        return [_away("Redis", settings.redis_url, str(error), "ORDERFLOW_REDIS_URL")]
    clocks = [] if facts.ahead is None else [clock("Redis", facts.ahead)]
    return [*cache.server(facts, settings), *clocks, cache.scripts(refusal)]


def _away(server: str, url: SecretStr, reason: str, variable: str) -> Finding:
    detail = f"gives no answer at {address_of(url)} ({reason})"
    return wrong(server, detail, start_or_name(variable))
