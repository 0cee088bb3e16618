"""A topic's tail: every partition, no group, from the end; it feeds a receiver."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.structs import TopicPartition
from tenacity import AsyncRetrying, RetryCallState, wait_random

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_connection import close_consumer

log = logging.getLogger(__name__)

SILENCE_SECONDS = 2.0
"""After so long without a record the broker is asked whether there is none."""
ANSWER_SECONDS = 3.0
MAX_RECORDS = 1_000
"""Given at once; between two such heaps others have their turn."""

Offsets = Mapping[TopicPartition, int]


class StalledError(Exception):
    """The connection fetches nothing any more; a new one will."""


class Receiver(Protocol):
    """What a tail feeds."""

    async def begin(self, consumer: AIOKafkaConsumer, starts: Offsets, ends: Offsets) -> None:
        """Told at each new connection where it goes on, and where the log ends. What it raises ends the connection."""

    def receive(self, records: Sequence[ConsumerRecord]) -> None:
        """Takes in records of one partition, in order. What it raises ends the connection, too."""


class TopicTail:
    """Survives the broker being away: it goes on where it stopped, so no record of the meantime is missed.

    It begins at most `lookback` records before the end of each partition.
    """

    def __init__(
        self, *, kafka: KafkaAccess, topic: str, partitions: int, receiver: Receiver, lookback: int = 0
    ) -> None:
        self._kafka = kafka
        self._topic = topic
        self._partitions = [TopicPartition(topic, number) for number in range(partitions)]
        self._positions: dict[TopicPartition, int] = {}
        self._lookback = lookback
        self._receiver = receiver
        self._connected = asyncio.Event()
        self._away = False
        self._task: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        """Whether it has a position on every partition and the broker answered lately."""
        return self._connected.is_set()

    async def until_ready(self) -> None:
        await self._connected.wait()

    async def start(self) -> None:
        """Returns at once."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        await AsyncRetrying(wait=wait_random(0.1, 1.0), before_sleep=self._say)(self._follow)

    async def _follow(self) -> None:
        async with self._consumer() as consumer:
            await self._take_position(consumer)
            due = dict(self._positions)
            while True:
                fetched = await consumer.getmany(timeout_ms=int(SILENCE_SECONDS * 1000), max_records=MAX_RECORDS)
                for partition, records in fetched.items():
                    self._receiver.receive(records)
                    self._positions[partition] = records[-1].offset + 1
                if not fetched:
                    if any(due[partition] > self._positions[partition] for partition in due):
                        raise StalledError("there are records, and none are fetched")
                    due = await self._ends(consumer)
                await asyncio.sleep(0)

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(
            **self._kafka.options,
            group_id=None,
            enable_auto_commit=False,
            # Positions are always set; one that is out of range is of a log that was wiped: read the new one whole.
            auto_offset_reset="earliest",
            # Some brokers answer after half of this even when a record arrives.
            fetch_max_wait_ms=50,
        )
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await consumer.start()
            yield consumer
        finally:
            self._connected.clear()
            await close_consumer(consumer)

    async def _take_position(self, consumer: AIOKafkaConsumer) -> None:
        ends = await self._ends(consumer)
        consumer.assign(self._partitions)
        for partition, end in ends.items():
            position = self._positions.setdefault(partition, max(0, end - self._lookback))
            self._positions[partition] = position if position <= end else 0
            consumer.seek(partition, self._positions[partition])
        async with asyncio.timeout(ANSWER_SECONDS):
            await self._receiver.begin(consumer, self._positions, ends)
        log.info("following %s partitions of %s", len(ends), self._topic)
        self._connected.set()
        self._away = False

    async def _ends(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        """Also the question whether the broker is there; aiokafka itself would wait for ever."""
        async with asyncio.timeout(ANSWER_SECONDS):
            ends: dict[TopicPartition, int] = await consumer.end_offsets(self._partitions)
        return ends

    def _say(self, state: RetryCallState) -> None:
        if state.outcome and not self._away:
            log.warning("%s cannot be followed: %r", self._topic, state.outcome.exception())
        self._away = True
