"""What a topic holds, read once from one offset to another, outside any group."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.structs import TopicPartition

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_admission import admitted
from orderflow.adapters.kafka_connection import close_consumer
from orderflow.wire.records import Record

Offsets = Mapping[int, int]
"""Partition -> offset."""

_FETCH_MS = 500
_MAX_RECORDS = 5_000


class MissingTopicError(Exception):
    """The topic does not exist; the message names it."""


class KafkaReader:
    """Reads whole topics. Every method raises MissingTopicError, or KafkaError when the broker fails."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer

    async def beginnings(self, topic: str) -> dict[int, int]:
        """The first offset that each partition still holds."""
        found = await self._consumer.beginning_offsets(await self._partitions(topic))
        return {partition.partition: offset for partition, offset in found.items()}

    async def ends(self, topic: str) -> dict[int, int]:
        """The offset after the last one of each partition, now."""
        found = await self._consumer.end_offsets(await self._partitions(topic))
        return {partition.partition: offset for partition, offset in found.items()}

    async def read(self, topic: str, ends: Offsets, starts: Offsets | None = None) -> AsyncIterator[list[Record]]:
        """Lists of records, each of one partition in offset order, up to (not including) `ends`.

        Begins at `starts`, by default where each partition begins; what expires meanwhile is passed over.
        """
        starts = starts or await self.beginnings(topic)
        open_ends = {TopicPartition(topic, number): end for number, end in ends.items() if starts.get(number, 0) < end}
        self._consumer.assign(list(open_ends))
        for partition in open_ends:
            self._consumer.seek(partition, starts.get(partition.partition, 0))
        while open_ends:
            fetched = await self._consumer.getmany(*open_ends, timeout_ms=_FETCH_MS, max_records=_MAX_RECORDS)
            for partition, records in fetched.items():
                wanted = [record_of(record) for record in records if record.offset < open_ends[partition]]
                if wanted:
                    yield wanted
            for partition in list(open_ends):
                # The position, not the last record: transactions and compaction leave gaps.
                if await self._consumer.position(partition) >= open_ends[partition]:
                    del open_ends[partition]

    async def _partitions(self, topic: str) -> list[TopicPartition]:
        # The consumer's own metadata knows only the topics it is assigned.
        metadata = await self._consumer._client.fetch_all_metadata()  # noqa: SLF001 - topics() asks it the same way
        partitions = metadata.partitions_for_topic(topic)
        if not partitions:
            raise MissingTopicError(f"topic {topic} does not exist")
        return [TopicPartition(topic, number) for number in partitions]


async def newest_time(reader: KafkaReader, topic: str) -> int | None:
    """The latest timestamp (ms) of what stands last on each partition. Raises as the reader does."""
    begins, ends = await reader.beginnings(topic), await reader.ends(topic)
    starts = {number: end - 1 for number, end in ends.items() if end > begins[number]}
    # Where a transaction ended last, its marker stands there, and nothing is read.
    last = reader.read(topic, {number: ends[number] for number in starts}, starts)
    return max([record.timestamp async for records in last for record in records], default=None)


@asynccontextmanager
async def kafka_reader(kafka: KafkaAccess) -> AsyncIterator[KafkaReader]:
    """Raises KafkaRefusalError, or KafkaError when no broker answers."""
    consumer = AIOKafkaConsumer(
        **kafka.options,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        # As the workers read: what was taken back was never said.
        isolation_level="read_committed",
        # The next topic waits for the last fetch of the one before, which finds nothing more.
        fetch_max_wait_ms=20,
    )
    try:
        await admitted(consumer.start(), kafka)
        yield KafkaReader(consumer)
    finally:
        await close_consumer(consumer)


def record_of(record: ConsumerRecord) -> Record:
    """The record without its driver."""
    return Record(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp=record.timestamp,
        key=record.key,
        value=record.value,
        headers=record.headers,
    )
