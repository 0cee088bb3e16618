"""The dead letter topic: read from one offset to another, its beginnings deleted."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence

from aiokafka.admin import RecordsToDelete
from aiokafka.structs import TopicPartition

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_admission import kafka_admin
from orderflow.adapters.kafka_reader import KafkaReader
from orderflow.wire.records import Record

SILENCE_SECONDS = 10.0
"""A reader asks again for ever; after so long without an answer the broker counts as away."""


class KafkaLetterLog:
    """A LetterLog; raises MissingTopicError, KafkaError or TimeoutError."""

    def __init__(self, reader: KafkaReader, *, kafka: KafkaAccess, topic: str) -> None:
        self._reader = reader
        self._kafka = kafka
        self._topic = topic

    async def bounds(self) -> Mapping[int, tuple[int, int]]:
        async with asyncio.timeout(SILENCE_SECONDS):
            begins, ends = await self._reader.beginnings(self._topic), await self._reader.ends(self._topic)
        return {number: (begins[number], end) for number, end in ends.items()}

    async def read(self, partition: int, start: int, end: int) -> AsyncGenerator[Sequence[Record], None]:
        found = self._reader.read(self._topic, {partition: end}, {partition: start})
        while True:
            async with asyncio.timeout(SILENCE_SECONDS):
                records = await anext(found, None)
            if records is None:
                return
            yield records

    async def delete_before(self, offsets: Mapping[int, int]) -> None:
        async with kafka_admin(self._kafka) as admin:
            await admin.delete_records(
                {
                    TopicPartition(self._topic, number): RecordsToDelete(before_offset=offset)
                    for number, offset in offsets.items()
                }
            )
