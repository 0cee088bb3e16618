"""The floor: a hand-written loop around the very processor that the worker has; only intake and commit differ."""

from collections.abc import Sequence

from aiokafka import ConsumerRecord

from benchmarks.contestants.loop import batches
from benchmarks.contestants.stores import with_store
from orderflow.adapters.kafka_reader import record_of
from orderflow.bootstrap import command_processor
from orderflow.processing.readiness import Readiness
from orderflow.settings import Settings

GROUP = "floor"


async def run(settings: Settings) -> None:
    async with command_processor(settings, Readiness(), GROUP) as shipped:
        processor = with_store(shipped)

        async def handle(records: Sequence[ConsumerRecord]) -> None:
            await processor.apply([record_of(record) for record in records])

        await batches(settings, GROUP, handle)
