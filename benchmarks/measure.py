"""One contestant on one workload: how many commands a second it turns into events, and what each costs."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.child import Child, child, held
from benchmarks.contestants.stores import NULL_STORE
from benchmarks.ground import PARTITIONS, Ground
from benchmarks.patience import FailedError
from benchmarks.seeding import seeds_of, store
from benchmarks.statistics import slope
from benchmarks.workload import Workload
from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_publisher import KafkaPublisher
from orderflow.adapters.kafka_reader import KafkaReader, kafka_reader
from orderflow.settings import Settings
from orderflow.wire.records import Message, Topic

PATIENCE_SECONDS = 120.0
LOOK_SECONDS = 0.025
_LAUNCH_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Who takes part, and on what. A null store takes `store_seconds` for each write; None is MongoDB."""

    contestant: str
    workload: Workload
    store_seconds: float | None = None
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Measured:
    """When each event was handed to Kafka; and, look by look, how many there were and each worker's processor time."""

    moments: list[float]
    done: list[int]
    cpu: list[list[float]]

    @property
    def rate(self) -> float:
        """Commands per second of all workers together."""
        return slope(self.moments, range(len(self.moments)))

    @property
    def cpu_us(self) -> list[float]:
        """Each worker's processor time, in microseconds per command of them all."""
        return [slope(self.done, seconds) * 1e6 for seconds in self.cpu]


async def measured(ground: Ground, contest: Contest, home: Path) -> Measured:
    """Raises FailedError."""
    members = [_member(ground, contest, home) for _ in range(contest.workers)]
    if contest.store_seconds is None:
        await store(ground.settings, seeds_of(contest.workload.stored))
    with ExitStack() as running:
        if len(members) == 1:
            await produce(ground.settings, contest.workload.commands)
            running.enter_context(members[0])
        else:
            for member in members:
                running.enter_context(member)
            await _shared_out(members)
            with held(*members):
                await produce(ground.settings, contest.workload.commands)
        try:
            return await _followed(ground, members, len(contest.workload.commands))
        finally:
            for member in members:
                member.signal(signal.SIGKILL)


async def produce(settings: Settings, commands: Sequence[Message]) -> None:
    """All of them, on the partitions that their keys belong to."""
    publisher = KafkaPublisher(
        kafka=KafkaAccess.of(settings), prefix=settings.topic_prefix, partitions=settings.partitions
    )
    try:
        if await publisher.publish(commands):
            raise FailedError("Kafka did not take the commands")
    finally:
        await publisher.close()


def _member(ground: Ground, contest: Contest, home: Path) -> Child:
    if contest.store_seconds is None and contest.contestant == "ours":
        return child("worker", ground.environment, home)
    store = {} if contest.store_seconds is None else {NULL_STORE: str(contest.store_seconds)}
    module = ("benchmarks.contestants", contest.contestant)
    return child(contest.contestant, {**ground.environment, **store}, home, *module)


async def _shared_out(members: Sequence[Child]) -> None:
    """Until each has its share of the partitions."""
    for member in members:
        async for _ in _looks(members, _LAUNCH_SECONDS):
            status = await asyncio.to_thread(member.status)
            if status.get("partitions") == PARTITIONS // len(members):
                break


async def _followed(ground: Ground, members: Sequence[Child], commands: int) -> Measured:
    done: list[int] = []
    cpu: list[list[float]] = [[] for _ in members]
    events = ground.topic(Topic.EVENTS)
    async with kafka_reader(KafkaAccess.of(ground.settings)) as reader:
        async for _ in _looks(members, PATIENCE_SECONDS):
            count = sum((await reader.ends(events)).values())
            if not count:
                # What it cost to start does not count; the last look before the first event does.
                done, cpu = [], [[] for _ in members]
            done.append(count)
            for seconds, member in zip(cpu, members, strict=True):
                seconds.append(member.cpu_seconds())
            if count >= commands:
                break
        return Measured(await _moments(reader, events), done, cpu)


async def _moments(reader: KafkaReader, topic: str) -> list[float]:
    """When each record was handed to Kafka, in seconds, in that order."""
    ends = await reader.ends(topic)
    return sorted([record.timestamp / 1000 async for records in reader.read(topic, ends) for record in records])


async def _looks(members: Sequence[Child], within: float) -> AsyncIterator[None]:
    """Again and again while every process runs."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        for member in members:
            if member.ended():
                raise FailedError(f"{member.name} has ended; see {member.log}\n{member.last_words()}")
        yield
        await asyncio.sleep(LOOK_SECONDS)
    raise FailedError(f"{members[0].name} did not get done within {within:g} s\n{members[0].last_words()}")
