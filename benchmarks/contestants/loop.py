"""The hand-written intake: a plain aiokafka consumer, batches as it hands them out, commits twice a second."""

import time
from collections.abc import Awaitable, Callable, Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord

from orderflow.settings import Settings
from orderflow.wire.records import Topic

COMMIT_SECONDS = 0.5
_IDLE_MS = 200

Handle = Callable[[Sequence[ConsumerRecord]], Awaitable[None]]


async def batches(settings: Settings, group: str, handle: Handle) -> None:
    """Hand over what is there, at most a batch, and commit it when it has been handled; for ever."""
    async with AIOKafkaConsumer(
        settings.named(Topic.COMMANDS),
        bootstrap_servers=settings.kafka_brokers,
        group_id=settings.named(group),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=50,
    ) as consumer:
        committed = time.monotonic()
        while True:
            fetched = await consumer.getmany(timeout_ms=_IDLE_MS, max_records=settings.batch_size)
            if fetched:
                await handle([record for records in fetched.values() for record in records])
            if time.monotonic() - committed > COMMIT_SECONDS:
                await consumer.commit()
                committed = time.monotonic()
