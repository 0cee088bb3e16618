"""Forged records onto `order_commands`, just as they are: by a plain producer, a compressing one, or byte for byte."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy
from aiokafka.structs import RecordMetadata

from orderflow.wire.records import Message
from tests.fuzz.forging import CODECS, Forged
from tests.fuzz.verdict import Sent, sent

LARGEST = 2**24


class AnyName(str):
    """A header's name of any bytes: what is no text stands in it as lone surrogates."""

    __slots__ = ()

    def encode(self, *_: object, **__: object) -> bytes:
        return super().encode("utf-8", "surrogateescape")


@dataclass(slots=True)
class Sender:
    """`refused` counts what the broker did not take."""

    topic: str
    producers: Mapping[str | None, AIOKafkaProducer]
    refused: int = 0

    async def send(self, forged: Sequence[Forged]) -> list[Sent]:
        """What stands on the log afterwards, with its place there."""
        deliveries = [await self._send(one.codec, one.message) for one in forged]
        done = await asyncio.gather(*deliveries, return_exceptions=True)
        taken = [(one, place) for one, place in zip(forged, done, strict=True) if isinstance(place, RecordMetadata)]
        unforeseen = [error for error in done if not isinstance(error, RecordMetadata | MessageSizeTooLargeError)]
        if unforeseen:
            raise ExceptionGroup("not sent", unforeseen)
        self.refused += len(forged) - len(taken)
        return [sent(one, (place.partition, place.offset)) for one, place in taken]

    async def _send(self, codec: str | None, message: Message) -> asyncio.Future[RecordMetadata]:
        producer = self.producers[codec]
        if all(name.isprintable() for name, _ in message.headers):
            return await producer.send(
                self.topic,
                message.value,
                message.key,
                partition=message.partition,
                timestamp_ms=message.timestamp,
                headers=list(message.headers),
            )
        return await producer.send_batch(_batch_of(producer, codec, message), self.topic, partition=message.partition)


def _batch_of(producer: AIOKafkaProducer, codec: str | None, message: Message) -> BatchBuilder:
    """Kafka takes any bytes for a header's name; only aiokafka's builder in Python lets us write them."""
    batch = producer.create_batch()
    batch._builder = _DefaultRecordBatchBuilderPy(  # noqa: SLF001 - there is no other way in
        magic=2,
        compression_type=(None, *CODECS).index(codec),
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=LARGEST,
    )
    headers = [(AnyName(name), value) for name, value in message.headers]
    batch.append(timestamp=message.timestamp or 0, key=message.key, value=message.value, headers=headers)
    return batch


@asynccontextmanager
async def sender(brokers: str, topic: str) -> AsyncIterator[Sender]:
    async with AsyncExitStack() as stack:
        yield Sender(
            topic,
            {codec: await stack.enter_async_context(_producer(brokers, codec)) for codec in (None, *CODECS)},
        )


def _producer(brokers: str, codec: str | None) -> AIOKafkaProducer:
    return AIOKafkaProducer(bootstrap_servers=brokers, compression_type=codec, max_request_size=LARGEST, linger_ms=5)
