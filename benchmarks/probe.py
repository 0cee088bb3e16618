"""From a command handed to Kafka until its event is read, at a steady rate: a process of its own."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import uvloop
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from benchmarks.patience import until
from benchmarks.saying import say
from benchmarks.statistics import percentile
from benchmarks.workload import creates
from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.settings import Settings
from orderflow.streaming.command_producer import CommandProducer
from orderflow.streaming.topics import ensure_topics
from orderflow.wire.records import Message, Topic

READY_SECONDS = 10.0
REST_SECONDS = 20.0
WARM_SHARE = 0.1


@dataclass(slots=True)
class Probe:
    """Open loop: a command goes out when it is due, whatever became of the others."""

    producer: CommandProducer
    consumer: AIOKafkaConsumer
    _sent: dict[bytes, float] = field(default_factory=dict)
    _waited: list[float] = field(default_factory=list)

    async def run(self, commands: list[Message], per_second: float) -> list[float]:
        """How long each took, in milliseconds, in the order in which events came; fewer than sent if some stay away."""
        reading = asyncio.create_task(self._read(len(commands)))
        begun, sending = time.perf_counter(), set[asyncio.Task[None]]()
        for number, command in enumerate(commands):
            await asyncio.sleep(max(0.0, begun + number / per_second - time.perf_counter()))
            sending.add(asyncio.create_task(self._send(command)))
        await asyncio.wait([reading, *sending], timeout=REST_SECONDS)
        reading.cancel()
        return self._waited

    async def _send(self, command: Message) -> None:
        key, value = command.key or b"", command.value or b""
        self._sent[key] = time.perf_counter()
        await self.producer.enqueue(key.decode(), value)

    async def _read(self, events: int) -> None:
        while len(self._waited) < events:
            for records in (await self.consumer.getmany(timeout_ms=100)).values():
                now = time.perf_counter()
                sent = [self._sent[record.key] for record in records if record.key in self._sent]
                self._waited += [(now - then) * 1000 for then in sent]


@asynccontextmanager
async def probe(settings: Settings) -> AsyncIterator[Probe]:
    """Connected, and reading events from now on."""
    topic, brokers = settings.named(Topic.COMMANDS), settings.kafka_brokers
    check = partial(ensure_topics, settings)
    producer = CommandProducer(kafka=KafkaAccess.of(settings), topic=topic, partitions=settings.partitions, check=check)
    await producer.start()
    async with AIOKafkaConsumer(bootstrap_servers=brokers, group_id=None, fetch_max_wait_ms=50) as consumer:
        events = settings.named(Topic.EVENTS)
        consumer.assign([TopicPartition(events, number) for number in range(settings.partitions)])
        await consumer.seek_to_end()
        await until(lambda: producer.ready, "Kafka takes no commands", READY_SECONDS)
        yield Probe(producer, consumer)
    await producer.stop()


async def _main(per_second: float, seconds: float, name: str) -> dict[str, float]:
    commands = creates(int(per_second * seconds), name).commands
    async with probe(Settings()) as probing:
        waited = await probing.run(commands, per_second)
    later = sorted(waited[int(len(waited) * WARM_SHARE) :]) or [0.0]
    missing = float(len(commands) - len(waited))
    return {"p50": percentile(later, 0.5), "p99": percentile(later, 0.99), "missing": missing}


if __name__ == "__main__":
    rate, duration, word = sys.argv[1:]
    say(uvloop.run(_main(float(rate), float(duration), word)))
