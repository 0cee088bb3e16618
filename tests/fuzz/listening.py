"""Everything that a deployment answers to its command log: outcomes and dead letters, as they come."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.structs import TopicPartition

from orderflow.adapters.kafka_reader import record_of
from orderflow.wire.records import Record, Topic
from tests.e2e.deployment import Deployment

POLL_MS = 200


@dataclass(slots=True)
class Heard:
    """`orders` are those that any outcome is about."""

    outcomes: list[bytes] = field(default_factory=list)
    letters: list[Record] = field(default_factory=list)
    orders: set[str] = field(default_factory=set)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def answers(self) -> int:
        return len(self.outcomes) + len(self.letters)

    async def of(self, order_ids: Collection[str], within: float) -> set[str]:
        """Waits until there are outcomes of all these orders; those that are still missing after so many seconds."""
        async with self._news:
            with suppress(TimeoutError):
                async with asyncio.timeout(within):
                    await self._news.wait_for(lambda: self.orders.issuperset(order_ids))
        return set(order_ids) - self.orders

    async def take(self, record: ConsumerRecord) -> None:
        if record.topic.endswith(Topic.DEAD_LETTERS):
            self.letters.append(record_of(record))
        else:
            self.outcomes.append(record.value)
            self.orders.add(orjson.loads(record.value)["order_id"])

    async def listen(self, consumer: AIOKafkaConsumer) -> None:
        while True:
            for records in (await consumer.getmany(timeout_ms=POLL_MS)).values():
                for record in records:
                    await self.take(record)
            async with self._news:
                self._news.notify_all()


@asynccontextmanager
async def heard(deployment: Deployment) -> AsyncIterator[Heard]:
    """From the beginning of both topics."""
    ears = Heard()
    topics = (Topic.OUTCOMES, Topic.DEAD_LETTERS)
    async with AIOKafkaConsumer(bootstrap_servers=deployment.brokers, group_id=None) as consumer:
        consumer.assign(
            [
                TopicPartition(deployment.name(topic), number)
                for topic in topics
                for number in range(deployment.partitions)
            ]
        )
        await consumer.seek_to_beginning()
        listening = asyncio.create_task(ears.listen(consumer))
        try:
            yield ears
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
