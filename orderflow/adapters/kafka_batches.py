"""The producer of those who send whole batches and await every delivery."""

import logging

from aiokafka import AIOKafkaProducer

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_connection import CLOSE_SECONDS, close_producer, start_producer

log = logging.getLogger(__name__)

DELIVERY_SECONDS = 30.0
"""After so long without an acknowledgement a batch is sent again."""
BATCH_BYTES = 2**18
_REQUEST_MS = 10_000


class BatchProducer:
    """Idempotent, started when it is first asked for, and anew after it was given up."""

    def __init__(self, kafka: KafkaAccess, *, max_request_size: int) -> None:
        self._kafka = kafka
        self._max_request_size = max_request_size
        self._producer: AIOKafkaProducer | None = None

    async def started(self) -> AIOKafkaProducer:
        """Raises when no broker answers."""
        if self._producer is None:
            self._producer = await start_producer(
                self._kafka,
                linger_ms=0,
                max_request_size=self._max_request_size,
                request_timeout_ms=_REQUEST_MS,
                max_batch_size=BATCH_BYTES,
            )
        return self._producer

    async def close(self, within: float = CLOSE_SECONDS) -> None:
        """Delivers what is under way for at most `within` seconds."""
        producer, self._producer = self._producer, None
        if producer:
            await close_producer(producer, within)

    async def give_up(self) -> None:
        """An idempotent producer cannot continue its sequence after a batch it has lost."""
        try:
            await self.close(within=0)
        except Exception as error:  # noqa: BLE001 - what was delivered must be known even so
            log.warning("a producer that was given up did not close: %r", error)
