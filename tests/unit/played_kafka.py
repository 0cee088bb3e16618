"""aiokafka's producer as the publisher sees it, with the fate of every value at hand."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from aiokafka.errors import KafkaError, KafkaTimeoutError

Fate = BaseException | None
DELIVERED: Fate = None
LOST = KafkaTimeoutError("no reply")
NEVER = asyncio.CancelledError("stays pending")


class Batch:
    """Plays aiokafka's batch builder, with room for so many messages."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.values: list[bytes] = []

    def append(self, *, value: bytes, **_: object) -> object | None:
        if len(self.values) == self.room:
            return None
        self.values.append(value)
        return "metadata"


class Producer:
    """Plays one aiokafka producer. `fate_of` says what becomes of a value sent; `refuses` raises at once."""

    def __init__(self, fate_of: Callable[[bytes], Fate], refuses: Callable[[bytes], Fate], room: int) -> None:
        self.fate_of, self.refuses, self.room = fate_of, refuses, room
        self.sent: list[tuple[str, int, bytes]] = []
        self.stopped = False
        self.close_error: Exception | None = None
        self.client = SimpleNamespace(_conns={})

    def create_batch(self) -> Batch:
        return Batch(self.room)

    async def send_batch(self, batch: Batch, topic: str, *, partition: int) -> asyncio.Future[Any]:
        for value in batch.values:
            if refusal := self.refuses(value):
                raise refusal
        self.sent += [(topic, partition, value) for value in batch.values]
        delivery: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        fate = next((fate for value in batch.values if (fate := self.fate_of(value))), None)
        if fate is None:
            delivery.set_result("stored")
        elif fate is not NEVER and isinstance(fate, Exception):
            delivery.set_exception(fate)
        return delivery

    async def flush(self) -> None:
        """Nothing is kept back."""

    async def stop(self) -> None:
        self.stopped = True
        if self.close_error:
            raise self.close_error

    @property
    def values(self) -> list[bytes]:
        return [value for _, _, value in self.sent]


class Kafka:
    """Plays the broker: every producer that was started, and what becomes of values."""

    def __init__(self) -> None:
        self.producers: list[Producer] = []
        self.fates: dict[bytes, Fate] = {}
        self.refusals: dict[bytes, Fate] = {}
        self.away = False
        self.room = 1

    async def start(self, *_: object, **__: object) -> Producer:
        if self.away:
            raise KafkaError("no broker")
        self.producers.append(Producer(lambda value: self.fates.pop(value, None), self.refusals.get, self.room))
        return self.producers[-1]
