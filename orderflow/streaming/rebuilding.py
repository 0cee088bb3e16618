"""The table of standings, built anew from all events, whatever partitions these were on when they were written."""

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from orderflow.access.sparing_log import SparingLog
from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_changelog import KafkaChangelog
from orderflow.adapters.kafka_connection import close_consumer
from orderflow.adapters.kafka_groups import kafka_groups
from orderflow.adapters.kafka_partitions import partition_of
from orderflow.adapters.kafka_reader import Offsets, kafka_reader
from orderflow.domain.standing import Standing
from orderflow.insights.recount import Recount
from orderflow.settings import Settings
from orderflow.streaming.changelog_topic import (
    ChangelogError,
    changelog_name,
    delete_changelog,
    ensure_changelog,
)
from orderflow.streaming.event_intake import happening_of
from orderflow.wire.groups import INSIGHTS_GROUP
from orderflow.wire.records import Topic

log = logging.getLogger(__name__)

_IN_USE = ("PreparingRebalance", "CompletingRebalance", "Stable")
_WRITTEN_AT_ONCE = 5_000


async def rebuild(settings: Settings) -> int:
    """How many orders there are. Raises ChangelogError while an insights role runs, KafkaRefusalError, or KafkaError.

    An order whose events are on several partitions (more were added) counts where its key belongs now. The group goes
    back to the first event before anything is deleted, so after a crash in between it reads what is missing.
    """
    kafka, events = KafkaAccess.of(settings), settings.named(Topic.EVENTS)
    async with kafka_groups(kafka) as groups:
        reading = await groups.read(settings.named(INSIGHTS_GROUP), events)
    if reading.state in _IN_USE:
        raise ChangelogError(
            f"{len(reading.members)} insights roles run: stop them first, or wait until Kafka has noticed "
            f"that they ended ({settings.session_seconds:g} s)"
        )
    await _set_positions(settings, {at.partition: at.begin for at in reading.positions})
    await delete_changelog(settings)
    await ensure_changelog(settings)
    ends = {at.partition: at.end for at in reading.positions}
    standings = await _standings(kafka, events, ends)
    await _write(settings, standings)
    await _set_positions(settings, ends)
    return len(standings)


async def _standings(kafka: KafkaAccess, events: str, ends: Offsets) -> Mapping[str, Standing]:
    recount, strangers = Recount(), SparingLog(log)
    async with kafka_reader(kafka) as reader:
        async for records in reader.read(events, ends):
            for happening in filter(None, (happening_of(record, strangers) for record in records)):
                recount.note(happening)
    return recount.standings()


async def _write(settings: Settings, standings: Mapping[str, Standing]) -> None:
    changelog = KafkaChangelog(kafka=KafkaAccess.of(settings), topic=changelog_name(settings))
    try:
        waiting: dict[int, dict[str, Standing]] = defaultdict(dict)
        for number, (order_id, standing) in enumerate(standings.items(), 1):
            waiting[partition_of(order_id.encode(), settings.partitions)][order_id] = standing
            if number % _WRITTEN_AT_ONCE == 0:
                await changelog.append(waiting)
                waiting.clear()
        if waiting:
            await changelog.append(waiting)
    finally:
        await changelog.close()


async def _set_positions(settings: Settings, offsets: Offsets) -> None:
    """Kafka lets anybody set those of a group without members."""
    events = settings.named(Topic.EVENTS)
    async with _member_of_nothing(settings) as consumer:
        partitions = {TopicPartition(events, number): offset for number, offset in offsets.items()}
        consumer.assign(list(partitions))
        await consumer.commit(partitions)


@asynccontextmanager
async def _member_of_nothing(settings: Settings) -> AsyncIterator[AIOKafkaConsumer]:
    kafka = KafkaAccess.of(settings)
    consumer = AIOKafkaConsumer(**kafka.options, group_id=settings.named(INSIGHTS_GROUP), enable_auto_commit=False)
    try:
        await consumer.start()
        yield consumer
    finally:
        await close_consumer(consumer)
