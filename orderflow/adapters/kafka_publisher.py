"""Events, outcomes and dead letters onto Kafka, every delivery awaited."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_batches import DELIVERY_SECONDS, BatchProducer
from orderflow.adapters.kafka_connection import CLOSE_SECONDS
from orderflow.adapters.kafka_partitions import partition_of
from orderflow.wire.records import Message, Topic

log = logging.getLogger(__name__)

MAX_MESSAGE_BYTES = 4 * 2**20
"""What the topics for derived records take, so that nothing made from a legal command is too large."""

Destination = tuple[Topic, int]
Delivery = asyncio.Future[Any]


@dataclass(slots=True, eq=False)
class Parcel:
    """Messages of one partition that Kafka takes together, or none of them."""

    destination: Destination
    batch: BatchBuilder
    delivery: Delivery | None = None

    def takes(self, message: Message) -> bool:
        """False when it is full; an empty one takes a message of any size."""
        taken = self.batch.append(
            timestamp=message.timestamp, key=message.key, value=message.value, headers=list(message.headers)
        )
        return taken is not None

    @property
    def delivered(self) -> bool:
        done = self.delivery
        return done is not None and done.done() and not done.cancelled() and done.exception() is None


class KafkaPublisher:
    """A Publisher on an idempotent producer; after any failed delivery the producer is built anew."""

    def __init__(self, *, kafka: KafkaAccess, prefix: str, partitions: int) -> None:
        self._producer = BatchProducer(kafka, max_request_size=MAX_MESSAGE_BYTES)
        self._prefix = prefix
        self._partitions = partitions

    async def publish(self, messages: Sequence[Message]) -> Sequence[Message]:
        """Raises when no broker answers. What comes back begins, per partition, with the first failed batch."""
        producer = await self._producer.started()
        parcels = self._packed(producer, messages)
        await asyncio.gather(*(self._send(producer, some) for some in _by_destination(parcels)))
        deliveries = [parcel.delivery for parcel in dict.fromkeys(parcels) if parcel.delivery]
        if deliveries:
            await asyncio.wait(deliveries, timeout=DELIVERY_SECONDS)
        unsent = _unsent(messages, parcels)
        if unsent:
            log.warning("%s of %s messages are to be sent again: %s", len(unsent), len(messages), _reason(deliveries))
            await self._producer.give_up()
        return unsent

    async def close(self, within: float = CLOSE_SECONDS) -> None:
        """Delivers what is under way for at most `within` seconds."""
        await self._producer.close(within)

    def _packed(self, producer: AIOKafkaProducer, messages: Iterable[Message]) -> list[Parcel]:
        """For each message the parcel that it is in."""
        packed: list[Parcel] = []
        filling: dict[Destination, Parcel] = {}
        for message in messages:
            destination = self._destination(message)
            parcel = filling.get(destination)
            if parcel is None or not parcel.takes(message):
                parcel = filling[destination] = Parcel(destination, producer.create_batch())
                if not parcel.takes(message):
                    raise ValueError(f"an empty batch takes no message of {len(message.value or b'')} bytes")
            packed.append(parcel)
        return packed

    def _destination(self, message: Message) -> Destination:
        if message.partition is not None:
            return message.topic, message.partition
        return message.topic, partition_of(message.key or b"", self._partitions)

    async def _send(self, producer: AIOKafkaProducer, parcels: Iterable[Parcel]) -> None:
        """The parcels of one partition, in order, as many as the producer takes."""
        try:
            for parcel in parcels:
                topic, partition = parcel.destination
                parcel.delivery = await producer.send_batch(parcel.batch, f"{self._prefix}{topic}", partition=partition)
                parcel.delivery.add_done_callback(_noticed)
        except KafkaError as refusal:
            place = {"topic": f"{self._prefix}{topic}", "partition": partition}
            log.warning("Kafka took no more for %s/%s: %r", topic, partition, refusal, extra=place)


def _by_destination(parcels: Iterable[Parcel]) -> Collection[Iterable[Parcel]]:
    """Each parcel once, those of one partition together and in order."""
    together: dict[Destination, dict[Parcel, None]] = defaultdict(dict)
    for parcel in parcels:
        together[parcel.destination][parcel] = None
    return together.values()


def _unsent(messages: Sequence[Message], parcels: Sequence[Parcel]) -> list[Message]:
    broken: set[Destination] = set()
    unsent = []
    for message, parcel in zip(messages, parcels, strict=True):
        if parcel.destination in broken or not parcel.delivered:
            broken.add(parcel.destination)
            unsent.append(message)
    return unsent


def _reason(deliveries: Sequence[Delivery]) -> str:
    failures = (_failure(delivery) for delivery in deliveries)
    return next((repr(failure) for failure in failures if failure), "no acknowledgement")


def _noticed(delivery: Delivery) -> None:
    """Of several failed deliveries one is told; without this asyncio would log them all."""
    _failure(delivery)


def _failure(delivery: Delivery) -> BaseException | None:
    return delivery.exception() if delivery.done() and not delivery.cancelled() else None
