"""What the facade is told of a command while Kafka takes it slowly, or not at all."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiokafka.errors import KafkaTimeoutError

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.streaming import command_producer
from orderflow.streaming.command_producer import CommandProducer, DeliveryUnknownError, NotAcceptedError
from tests.builders import unchecked

BROKER = 1


@dataclass
class SlowKafka:
    """A connected driver: `room` is when a batch can take the command, the broker confirms nothing by itself."""

    room: asyncio.Event = field(default_factory=asyncio.Event)
    sent: list[asyncio.Future[None]] = field(default_factory=list)
    _conns: dict[object, object] = field(default_factory=dict)

    @property
    def client(self) -> "SlowKafka":
        return self

    @property
    def cluster(self) -> "SlowKafka":
        return self

    def leader_for_partition(self, _: object) -> int:
        return BROKER

    async def ready(self, _: int) -> bool:
        return True

    async def partitions_for(self, _: str) -> set[int]:
        return {0}

    async def send(self, *_: object, **__: object) -> asyncio.Future[None]:
        await self.room.wait()
        self.sent.append(asyncio.get_running_loop().create_future())
        return self.sent[-1]

    async def flush(self) -> None: ...

    async def stop(self) -> None: ...


@pytest.fixture
async def kafka(monkeypatch: pytest.MonkeyPatch) -> SlowKafka:
    kafka = SlowKafka()

    async def connected(*_: object, **__: object) -> SlowKafka:
        return kafka

    monkeypatch.setattr(command_producer, "start_producer", connected)
    monkeypatch.setattr(command_producer, "DELIVERY_SECONDS", 0.5)
    return kafka


@pytest.fixture
async def producer(kafka: SlowKafka) -> AsyncIterator[CommandProducer]:  # noqa: ARG001 - it connects to that one
    producer = CommandProducer(
        kafka=KafkaAccess(brokers="nowhere"), topic="order_commands", partitions=1, check=unchecked
    )
    await producer.start()
    yield producer
    await producer.stop()


async def test_what_found_no_room_in_a_batch_was_not_sent(producer: CommandProducer, kafka: SlowKafka) -> None:
    with pytest.raises(NotAcceptedError):
        await producer.enqueue("ord_1", b"{}")
    kafka.room.set()
    assert kafka.sent == []


async def test_what_nobody_confirmed_may_have_been_sent(producer: CommandProducer, kafka: SlowKafka) -> None:
    kafka.room.set()
    with pytest.raises(DeliveryUnknownError):
        await producer.enqueue("ord_1", b"{}")
    assert len(kafka.sent) == 1


async def test_waiting_for_room_and_for_the_confirmation_have_one_deadline(
    producer: CommandProducer, kafka: SlowKafka
) -> None:
    loop = asyncio.get_running_loop()
    loop.call_later(0.4, kafka.room.set)
    began = loop.time()
    with pytest.raises(DeliveryUnknownError):
        await producer.enqueue("ord_1", b"{}")
    assert loop.time() - began < 0.8


async def test_what_the_driver_gave_up_before_it_had_room_was_not_sent(
    producer: CommandProducer, kafka: SlowKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise KafkaTimeoutError

    monkeypatch.setattr(kafka, "send", full)
    with pytest.raises(NotAcceptedError):
        await producer.enqueue("ord_1", b"{}")
