"""The changelog of the standings onto Kafka, every delivery awaited."""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_connection import CLOSE_SECONDS, close_producer, start_producer
from orderflow.domain.standing import Standing
from orderflow.wire.standings import encode_standing

log = logging.getLogger(__name__)

DELIVERY_SECONDS = 30.0
_BATCH_BYTES = 2**18
_REQUEST_MS = 10_000


class KafkaChangelog:
    """A Changelog on an idempotent producer; after any failed delivery the producer is built anew."""

    def __init__(self, *, kafka: KafkaAccess, topic: str) -> None:
        self._kafka = kafka
        self._topic = topic
        self._producer: AIOKafkaProducer | None = None

    async def append(self, standings: Mapping[int, Mapping[str, Standing]]) -> Mapping[int, range]:
        if self._producer is None:
            self._producer = await start_producer(
                self._kafka,
                linger_ms=0,
                max_request_size=_BATCH_BYTES * 2,
                request_timeout_ms=_REQUEST_MS,
                max_batch_size=_BATCH_BYTES,
            )
        try:
            async with asyncio.timeout(DELIVERY_SECONDS):
                sending = [self._append(self._producer, number, some) for number, some in standings.items()]
                return dict(zip(standings, await asyncio.gather(*sending), strict=True))
        except Exception:
            await self._give_up_producer()
            raise

    async def close(self, within: float = CLOSE_SECONDS) -> None:
        producer, self._producer = self._producer, None
        if producer:
            await close_producer(producer, within)

    async def _append(self, producer: AIOKafkaProducer, partition: int, standings: Mapping[str, Standing]) -> range:
        """As far as nobody wrote in between, which only a former owner of the partition could."""
        sizes: list[int] = []
        deliveries: list[asyncio.Future[Any]] = []
        for batch in _batches(producer, standings):
            sizes.append(batch.record_count())
            deliveries.append(await producer.send_batch(batch, self._topic, partition=partition))
        delivered = [record.offset for record in await asyncio.gather(*deliveries)]
        end: int = delivered[0]
        for offset, size in zip(delivered, sizes, strict=True):
            if offset == end:
                end += size
        return range(delivered[0], end)

    async def _give_up_producer(self) -> None:
        try:
            await self.close(within=0)
        except Exception as error:  # noqa: BLE001 - it is gone either way
            log.warning("a producer that was given up did not close: %r", error)


def _batches(producer: AIOKafkaProducer, standings: Mapping[str, Standing]) -> Iterator[BatchBuilder]:
    batch = producer.create_batch()
    for order_id, standing in standings.items():
        record: Any = {"key": order_id.encode(), "value": encode_standing(standing), "timestamp": None, "headers": []}
        if batch.append(**record) is None:
            yield batch
            batch = producer.create_batch()
            batch.append(**record)
    yield batch
