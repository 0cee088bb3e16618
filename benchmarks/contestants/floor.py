"""The floor: a hand-written loop around the very processor that the worker has; only intake and commit differ."""

from collections.abc import Sequence

from aiokafka import ConsumerRecord

from benchmarks.contestants.loop import batches
from benchmarks.contestants.stores import with_store
from orderflow.bootstrap import command_processor
from orderflow.processing.readiness import Readiness
from orderflow.settings import Settings
from orderflow.wire.records import Record

GROUP = "floor"


async def run(settings: Settings) -> None:
    async with command_processor(settings, Readiness(), GROUP) as shipped:
        processor = with_store(shipped)

        async def handle(records: Sequence[ConsumerRecord]) -> None:
            await processor.apply([_record(record) for record in records])

        await batches(settings, GROUP, handle)


def _record(record: ConsumerRecord) -> Record:
    return Record(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp=record.timestamp,
        key=record.key,
        value=record.value,
        headers=record.headers,
    )
