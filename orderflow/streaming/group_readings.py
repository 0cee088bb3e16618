"""The consumer groups of a deployment, read again and again, however often Kafka goes away meanwhile."""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_groups import KafkaGroups, kafka_groups
from orderflow.adapters.kafka_reader import MissingTopicError
from orderflow.settings import Settings
from orderflow.streaming.exchange_opening import KafkaUnusableError, kafka_failures_told
from orderflow.wire.groups import TOPIC_OF_GROUP, GroupReading


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupProgress:
    """A reading, and by partition how many records a second were done since the one before; empty at first."""

    reading: GroupReading
    rates: Mapping[int, float]


async def group_progress(
    settings: Settings, interval: float
) -> AsyncGenerator[Sequence[GroupProgress] | KafkaUnusableError, None]:
    """All groups every `interval` seconds, or why they could not be read this time."""
    last: dict[str, tuple[float, GroupReading]] = {}
    while True:
        try:
            with kafka_failures_told(settings.kafka_brokers):
                async with kafka_groups(KafkaAccess.of(settings)) as groups:
                    while True:
                        yield [_since(last, reading) for reading in await _read(groups, settings)]
                        await asyncio.sleep(interval)
        except KafkaUnusableError as error:
            yield error
            await asyncio.sleep(interval)


async def read_groups(settings: Settings) -> Sequence[GroupReading]:
    """All groups, once. Raises KafkaUnusableError."""
    with kafka_failures_told(settings.kafka_brokers):
        async with kafka_groups(KafkaAccess.of(settings)) as groups:
            return await _read(groups, settings)


async def _read(groups: KafkaGroups, settings: Settings) -> list[GroupReading]:
    try:
        return [
            await groups.read(settings.named(group), settings.named(topic)) for group, topic in TOPIC_OF_GROUP.items()
        ]
    except MissingTopicError as error:
        raise KafkaUnusableError(f"{error}: `orderflow init` creates it") from error


def _since(last: dict[str, tuple[float, GroupReading]], reading: GroupReading) -> GroupProgress:
    """Replaces the last reading of the group."""
    now = time.monotonic()
    before = last.get(reading.group)
    last[reading.group] = now, reading
    return GroupProgress(reading=reading, rates=rates(before[1], reading, now - before[0]) if before else {})


def rates(before: GroupReading, reading: GroupReading, seconds: float) -> dict[int, float]:
    """Records a second that the group did on each partition that both readings know."""
    done = {position.partition: position.done for position in before.positions}
    return {
        position.partition: max(0, position.done - done[position.partition]) / seconds
        for position in reading.positions
        if position.partition in done
    }
