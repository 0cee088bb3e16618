"""Events, outcomes and dead letters onto Kafka, every delivery awaited."""

import asyncio
import logging
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from orderflow.adapters.kafka_connection import CLOSE_SECONDS, close_producer, start_producer
from orderflow.adapters.kafka_partitions import partition_of
from orderflow.wire.records import Message, Topic

log = logging.getLogger(__name__)

MAX_MESSAGE_BYTES = 4 * 2**20
"""What the topics for derived records take, so that nothing made from a legal command is too large."""
DELIVERY_SECONDS = 30.0
"""After so long without an acknowledgement a message is sent again."""
_BATCH_BYTES = 2**18
_REQUEST_MS = 10_000

Destination = tuple[Topic, int]
Delivery = asyncio.Future[Any]


class KafkaPublisher:
    """A Publisher on an idempotent producer; after any failed delivery the producer is built anew."""

    def __init__(self, *, brokers: str, prefix: str, partitions: int) -> None:
        self._brokers = brokers
        self._prefix = prefix
        self._partitions = partitions
        self._producer: AIOKafkaProducer | None = None

    async def publish(self, messages: Sequence[Message]) -> Sequence[Message]:
        """Raises when no broker answers. What comes back begins, per partition, with the first failed message."""
        if self._producer is None:
            self._producer = await self._start()
        destinations = [self._destination(message) for message in messages]
        deliveries = await self._send(self._producer, messages, destinations)
        if deliveries:
            await asyncio.wait(deliveries, timeout=DELIVERY_SECONDS)
        unsent = _unsent(messages, destinations, deliveries)
        if unsent:
            log.warning("%s of %s messages are to be sent again: %s", len(unsent), len(messages), _reason(deliveries))
            await self._give_up_producer()
        return unsent

    async def close(self, within: float = CLOSE_SECONDS) -> None:
        """Delivers what is under way for at most `within` seconds."""
        producer, self._producer = self._producer, None
        if producer:
            await close_producer(producer, within)

    async def _give_up_producer(self) -> None:
        """An idempotent producer cannot continue its sequence after a batch it has lost."""
        try:
            await self.close(within=0)
        except Exception as error:  # noqa: BLE001 - what was delivered must be known even so
            log.warning("a producer that was given up did not close: %r", error)

    async def _start(self) -> AIOKafkaProducer:
        return await start_producer(
            self._brokers,
            linger_ms=0,
            max_request_size=MAX_MESSAGE_BYTES,
            request_timeout_ms=_REQUEST_MS,
            max_batch_size=_BATCH_BYTES,
        )

    def _destination(self, message: Message) -> Destination:
        if message.partition is not None:
            return message.topic, message.partition
        return message.topic, partition_of(message.key or b"", self._partitions)

    async def _send(
        self, producer: AIOKafkaProducer, messages: Sequence[Message], destinations: Sequence[Destination]
    ) -> list[Delivery]:
        """Deliveries of as many messages as the producer took."""
        deliveries: list[Delivery] = []
        try:
            for message, (topic, partition) in zip(messages, destinations, strict=True):
                delivery = await producer.send(
                    f"{self._prefix}{topic}",
                    value=message.value,
                    key=message.key,
                    partition=partition,
                    timestamp_ms=message.timestamp,
                    headers=message.headers,
                )
                delivery.add_done_callback(_noticed)
                deliveries.append(delivery)
        except KafkaError as refusal:
            log.warning("Kafka took %s of %s messages: %r", len(deliveries), len(messages), refusal)
        return deliveries


def _unsent(
    messages: Sequence[Message], destinations: Sequence[Destination], deliveries: Sequence[Delivery]
) -> list[Message]:
    broken: set[Destination] = set()
    unsent = []
    for message, destination, delivery in zip_longest(messages, destinations, deliveries):
        if destination in broken or not _delivered(delivery):
            broken.add(destination)
            unsent.append(message)
    return unsent


def _reason(deliveries: Sequence[Delivery]) -> str:
    failures = (_failure(delivery) for delivery in deliveries)
    return next((repr(failure) for failure in failures if failure), "no acknowledgement")


def _noticed(delivery: Delivery) -> None:
    """Of hundreds of failed deliveries one is told; without this asyncio would log them all."""
    _failure(delivery)


def _failure(delivery: Delivery) -> BaseException | None:
    return delivery.exception() if delivery.done() and not delivery.cancelled() else None


def _delivered(delivery: Delivery | None) -> bool:
    return delivery is not None and delivery.done() and not delivery.cancelled() and delivery.exception() is None
