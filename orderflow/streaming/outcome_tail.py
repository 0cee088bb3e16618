"""The outcome topic's tail: every partition, no group, from the end; it feeds a board."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition
from tenacity import AsyncRetrying, RetryCallState, wait_random

from orderflow.adapters.kafka_connection import close_consumer
from orderflow.streaming.outcome_board import OutcomeBoard

log = logging.getLogger(__name__)

SILENCE_SECONDS = 2.0
"""After so long without an outcome the broker is asked whether there is none."""
ANSWER_SECONDS = 3.0


class StalledError(Exception):
    """The connection fetches nothing any more; a new one will."""


class OutcomeTail:
    """Survives the broker being away: it goes on where it stopped, so no outcome of the meantime is missed."""

    def __init__(self, *, brokers: str, topic: str, partitions: int, board: OutcomeBoard) -> None:
        self._brokers = brokers
        self._partitions = [TopicPartition(topic, number) for number in range(partitions)]
        self._positions: dict[TopicPartition, int] = {}
        self._board = board
        self._connected = False
        self._away = False
        self._task: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        """Whether it has a position on every partition and the broker answered lately."""
        return self._connected

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
                fetched = await consumer.getmany(timeout_ms=int(SILENCE_SECONDS * 1000))
                for partition, records in fetched.items():
                    for record in records:
                        self._board.receive(record.value, record.headers)
                    self._positions[partition] = records[-1].offset + 1
                if not fetched:
                    if any(due[partition] > self._positions[partition] for partition in due):
                        raise StalledError("there are outcomes, and none are fetched")
                    due = await self._ends(consumer)

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self._brokers,
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
            self._connected = False
            await close_consumer(consumer)

    async def _take_position(self, consumer: AIOKafkaConsumer) -> None:
        ends = await self._ends(consumer)
        consumer.assign(self._partitions)
        for partition in self._partitions:
            position = self._positions.setdefault(partition, ends[partition])
            consumer.seek(partition, position if position <= ends[partition] else 0)
        log.info("following the outcomes of %s partitions", len(self._partitions))
        self._connected, self._away = True, False

    async def _ends(self, consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
        """Also the question whether the broker is there; aiokafka itself would wait for ever."""
        async with asyncio.timeout(ANSWER_SECONDS):
            ends: dict[TopicPartition, int] = await consumer.end_offsets(self._partitions)
        return ends

    def _say(self, state: RetryCallState) -> None:
        if state.outcome and not self._away:
            log.warning("outcomes cannot be followed: %r", state.outcome.exception())
        self._away = True
