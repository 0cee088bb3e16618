"""`order_events` for who listens: the topic is followed only while somebody does, so otherwise it costs nothing."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, ConsumerRecord

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_reader import MissingTopicError, kafka_reader
from orderflow.streaming.event_feed import MAX_EVENTS, EventFeed
from orderflow.streaming.exchange_opening import REACH_SECONDS, kafka_away, kafka_failures_told, require_ready
from orderflow.streaming.topic_tail import Offsets, TopicTail

LINGER_SECONDS = 60.0
"""How long the topic is followed on after the last listener has left: most come back."""


class LiveEvents:
    """A feed that begins with the newest events there are, and is thrown away when nobody needs it any more."""

    def __init__(self, *, kafka: KafkaAccess, topic: str, partitions: int, max_bytes: int) -> None:
        self._kafka = kafka
        self._topic = topic
        self._partitions = partitions
        self._max_bytes = max_bytes
        self._listeners = 0
        self._following: tuple[EventFeed, TopicTail] | None = None
        self._leaving: asyncio.TimerHandle | None = None
        self._stops: set[asyncio.Task[None]] = set()

    @property
    def is_following(self) -> bool:
        return self._following is not None

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[EventFeed]:
        """A feed that has a position on every partition. Raises KafkaUnusableError."""
        self._listeners += 1
        try:
            yield await self._ready_feed()
        finally:
            self._listeners -= 1
            self._leave_later()

    async def ends(self) -> tuple[int, ...]:
        """Where each partition ends, as Kafka says. Raises KafkaUnusableError."""
        with kafka_failures_told(self._kafka.brokers):
            try:
                async with asyncio.timeout(REACH_SECONDS), kafka_reader(self._kafka) as reader:
                    ends = await reader.ends(self._topic)
            except MissingTopicError as error:
                raise kafka_away(self._kafka.brokers) from error
        return tuple(ends[partition] for partition in sorted(ends))

    async def stop(self) -> None:
        self._leave()
        await asyncio.gather(*self._stops)

    async def _ready_feed(self) -> EventFeed:
        feed, tail = self._following or await self._follow()
        await require_ready(tail, self._kafka.brokers)
        return feed

    async def _follow(self) -> tuple[EventFeed, TopicTail]:
        feed = EventFeed(partitions=self._partitions, max_bytes=self._max_bytes)
        tail = TopicTail(
            kafka=self._kafka,
            topic=self._topic,
            partitions=self._partitions,
            receiver=FeedReceiver(feed),
            lookback=MAX_EVENTS // self._partitions,
        )
        self._following = feed, tail
        await tail.start()
        return feed, tail

    def _leave_later(self) -> None:
        if self._leaving:
            self._leaving.cancel()
        self._leaving = asyncio.get_running_loop().call_later(LINGER_SECONDS, self._leave)

    def _leave(self) -> None:
        if self._leaving:
            self._leaving.cancel()
        if self._following and not self._listeners:
            _, tail = self._following
            self._following = None
            stopping = asyncio.create_task(tail.stop())
            self._stops.add(stopping)
            stopping.add_done_callback(self._stops.discard)


class FeedReceiver:
    """Tells a feed which log its tail found."""

    def __init__(self, feed: EventFeed) -> None:
        self._feed = feed

    async def begin(self, consumer: AIOKafkaConsumer, starts: Offsets, ends: Offsets) -> None:
        born = await consumer.offsets_for_times(dict.fromkeys(ends, 0))
        self._feed.begin(
            {of.partition: first.timestamp for of, first in born.items() if first and first.timestamp >= 0},
            {of.partition: offset for of, offset in starts.items()},
            {of.partition: offset for of, offset in ends.items()},
        )

    def receive(self, records: Sequence[ConsumerRecord]) -> None:
        self._feed.receive(records)
