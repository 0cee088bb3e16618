"""Commands onto `order_commands`, for callers who have to know whether each was taken."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition
from tenacity import AsyncRetrying, RetryCallState, wait_random

from orderflow.adapters.kafka_access import KafkaAccess, KafkaRefusalError
from orderflow.adapters.kafka_connection import close_producer, start_producer
from orderflow.adapters.kafka_partitions import partition_of
from orderflow.domain.limits import MAX_RECORD_BYTES

log = logging.getLogger(__name__)

CONNECT_SECONDS = 0.8
DELIVERY_SECONDS = 2.0
"""Together under the 3 s in which a caller is answered when Kafka is away."""

CHECK_SECONDS = 5.0
_ENVELOPE_BYTES = 2**16


class NotAcceptedError(Exception):
    """Nothing was sent: Kafka cannot be reached, or its topics are not as they have to be."""


class DeliveryUnknownError(Exception):
    """The command was sent, or may have been, and Kafka did not confirm it in time."""


class CommandProducer:
    """Connects in the background and again after every failed delivery, so that it can start while Kafka is away.

    `check` is awaited before each connection: nothing is produced to topics for which it raises KafkaRefusalError.
    """

    def __init__(
        self, *, kafka: KafkaAccess, topic: str, partitions: int, check: Callable[[], Awaitable[object]]
    ) -> None:
        self.refusal: str | None = None
        self._check = check
        self._kafka = kafka
        self._topic = topic
        self._partitions = partitions
        self._producer: AIOKafkaProducer | None = None
        self._connected = asyncio.Event()
        self._failed = asyncio.Event()
        self._connecting: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def ready(self) -> bool:
        return self._producer is not None

    async def start(self) -> None:
        """Returns at once; commands wait for the connection."""
        self._connecting = asyncio.create_task(self._stay_connected())

    async def stop(self) -> None:
        """Delivers what was taken, for at most 10 seconds."""
        if self._connecting:
            self._connecting.cancel()
            await asyncio.wait([self._connecting])
        self._let_go()
        if self._closing:
            await asyncio.wait(self._closing)

    async def enqueue(self, order_id: str, value: bytes, headers: Sequence[tuple[str, bytes]] = ()) -> None:
        """Returns when the broker has the command; raises NotAcceptedError or DeliveryUnknownError."""
        key = order_id.encode()
        partition = partition_of(key, self._partitions)
        producer = await self._reached(partition)
        delivery = None
        try:
            async with asyncio.timeout(DELIVERY_SECONDS):
                # It may wait for room in a batch; until it returns the batch does not hold the command.
                delivery = await producer.send(self._topic, value=value, key=key, partition=partition, headers=headers)
                await delivery
        except (KafkaError, TimeoutError) as error:
            self._give_up(producer)
            raise (DeliveryUnknownError if delivery else NotAcceptedError) from error

    async def _reached(self, partition: int) -> AIOKafkaProducer:
        """The producer, with an open connection to the partition's leader: without one nothing is handed to it."""
        if self.refusal:
            raise NotAcceptedError(self.refusal)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                while True:
                    await self._connected.wait()
                    producer = self._producer
                    if producer is not None and await self._leads(producer, partition):
                        return producer
                    await asyncio.sleep(0.02)
        except (KafkaError, TimeoutError) as error:
            raise NotAcceptedError from error

    async def _leads(self, producer: AIOKafkaProducer, partition: int) -> bool:
        client = producer.client
        await producer.partitions_for(self._topic)
        leader = client.cluster.leader_for_partition(TopicPartition(self._topic, partition))
        if leader is not None and leader >= 0 and await client.ready(leader):
            return True
        await client.force_metadata_update()
        return False

    async def _stay_connected(self) -> None:
        connect = AsyncRetrying(wait=wait_random(0.1, 0.5), before_sleep=self._say_once)
        while True:
            self._failed.clear()
            self._producer = await connect(self._connect)
            self._connected.set()
            await self._failed.wait()

    async def _connect(self) -> AIOKafkaProducer:
        async with asyncio.timeout(CHECK_SECONDS):
            await self._check()
        self.refusal = None
        return await start_producer(
            self._kafka,
            linger_ms=0,
            max_request_size=MAX_RECORD_BYTES + _ENVELOPE_BYTES,
            request_timeout_ms=int(DELIVERY_SECONDS * 1000),
        )

    def _say_once(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        refusal = str(error) if isinstance(error, KafkaRefusalError) else self.refusal
        if state.attempt_number == 1 or refusal != self.refusal:
            log.warning("Kafka takes no commands yet: %r", error)
        self.refusal = refusal

    def _give_up(self, producer: AIOKafkaProducer) -> None:
        """After a failed delivery an idempotent producer cannot continue its sequence; a new one can."""
        if self._producer is producer:
            self._let_go()
            self._failed.set()

    def _let_go(self) -> None:
        if self._producer:
            closing = asyncio.create_task(close_producer(self._producer))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
        self._producer = None
        self._connected.clear()
