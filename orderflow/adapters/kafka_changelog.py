"""The changelog of the standings onto Kafka, every delivery awaited."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_batches import BATCH_BYTES, DELIVERY_SECONDS, BatchProducer
from orderflow.adapters.kafka_connection import CLOSE_SECONDS
from orderflow.domain.standing import Standing
from orderflow.wire.standings import encode_standing


class KafkaChangelog:
    """A Changelog on an idempotent producer; after any failed delivery the producer is built anew."""

    def __init__(self, *, kafka: KafkaAccess, topic: str) -> None:
        self._producer = BatchProducer(kafka, max_request_size=BATCH_BYTES * 2)
        self._topic = topic

    async def append(self, standings: Mapping[int, Mapping[str, Standing]]) -> Mapping[int, range]:
        producer = await self._producer.started()
        try:
            async with asyncio.timeout(DELIVERY_SECONDS):
                sending = [self._append(producer, number, some) for number, some in standings.items()]
                return dict(zip(standings, await asyncio.gather(*sending), strict=True))
        except Exception:
            await self._producer.give_up()
            raise

    async def close(self, within: float = CLOSE_SECONDS) -> None:
        await self._producer.close(within)

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


def _batches(producer: AIOKafkaProducer, standings: Mapping[str, Standing]) -> Iterator[BatchBuilder]:
    batch = producer.create_batch()
    for order_id, standing in standings.items():
        record: Any = {"key": order_id.encode(), "value": encode_standing(standing), "timestamp": None, "headers": []}
        if batch.append(**record) is None:
            yield batch
            batch = producer.create_batch()
            batch.append(**record)
    yield batch
