"""How long commands stand still when a worker joins, leaves, dies or is restarted: `python -m tests.chaos.takeover`."""

import asyncio
import logging
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_partitions import partition_of
from orderflow.local.stack import Stack
from orderflow.streaming.command_producer import CommandProducer
from orderflow.streaming.outcome_board import OutcomeBoard
from orderflow.streaming.outcome_tail import OutcomeTail
from orderflow.wire.commands import parse_command
from orderflow.wire.fingerprint import fingerprint_of
from orderflow.wire.records import Topic
from tests.builders import unchecked
from tests.chaos.fleet import Member
from tests.eventually import eventually

PARTITIONS = 8
EVERY_SECONDS = 0.01
QUIET_SECONDS = 2.0
SETTLE_SECONDS = 60.0
ITEM = {"sku": "P1", "name": "Package", "quantity": 1, "price": 1}

Stall = dict[int, float]
"""Partition -> the longest wait of a command there, in seconds."""


@dataclass(slots=True)
class Probe:
    """A creation every 10 ms, keys spread over all partitions, each timed until its outcome is there."""

    producer: CommandProducer
    board: OutcomeBoard
    _longest: Stall = field(default_factory=dict)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        for number in count():
            task = asyncio.create_task(self._one(f"probe-{number}"))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            await asyncio.sleep(EVERY_SECONDS)

    async def during(self, happening: Callable[[], Awaitable[object]]) -> Stall:
        """From before it happens until all that was sent meanwhile is answered."""
        self._longest = {}
        await happening()
        await asyncio.sleep(QUIET_SECONDS)
        _, unanswered = await asyncio.wait(set(self._under_way), timeout=SETTLE_SECONDS)
        if unanswered:
            raise TimeoutError(f"{len(unanswered)} commands have no outcome after {SETTLE_SECONDS:g} s")
        return self._longest

    async def _one(self, order_id: str) -> None:
        fields = {"type": "create_order", "command_id": "c", "order_id": order_id, "client_id": "c", "items": [ITEM]}
        value = orjson.dumps(fields)
        outcome = self.board.expect(order_id, "c", fingerprint_of(parse_command(value)))
        begun = time.monotonic()
        await self.producer.enqueue(order_id, value)
        await outcome
        partition, waited = partition_of(order_id.encode(), PARTITIONS), time.monotonic() - begun
        self._longest[partition] = max(waited, self._longest.get(partition, 0))


@asynccontextmanager
async def probe(brokers: str) -> AsyncIterator[Probe]:
    board = OutcomeBoard(time.monotonic)
    tail = OutcomeTail(kafka=KafkaAccess(brokers=brokers), topic=Topic.OUTCOMES, partitions=PARTITIONS, board=board)
    producer = CommandProducer(
        kafka=KafkaAccess(brokers=brokers), topic=Topic.COMMANDS, partitions=PARTITIONS, check=unchecked
    )
    for follower in (tail, producer):
        await follower.start()
    await eventually(lambda: tail.ready and producer.ready)
    probing = Probe(producer, board)
    running = asyncio.create_task(probing.run())
    try:
        yield probing
    finally:
        running.cancel()
        await producer.stop()
        await tail.stop()


async def joined(worker: Member) -> None:
    worker.start()
    await eventually(worker.ready, within=30)


async def killed(worker: Member) -> None:
    worker.signal(signal.SIGKILL)
    await asyncio.sleep(0)


async def restarted(worker: Member) -> None:
    await worker.leave()
    await joined(worker)


async def measured(environment: dict[str, str], home: Path) -> dict[str, Stall]:
    """What happens -> how long it stalls each partition; two workers to begin with."""
    one, two, three = (Member("worker", number, environment, home) for number in range(3))
    static = Member("worker", 3, environment | {"ORDERFLOW_INSTANCE_ID": "static"}, home)
    try:
        for worker in (one, two):
            await joined(worker)
        async with probe(environment["ORDERFLOW_KAFKA_BROKERS"]) as probing:
            await probing.during(lambda: asyncio.sleep(0))
            return {
                "a third worker joins": await probing.during(lambda: joined(three)),
                "it leaves (SIGTERM)": await probing.during(three.leave),
                "a worker is restarted": await probing.during(lambda: restarted(two)),
                "a worker is killed (kill -9)": await probing.during(lambda: killed(two)),
                "a static member joins": await probing.during(lambda: joined(static)),
                "the static member is restarted": await probing.during(lambda: restarted(static)),
            }
    finally:
        await asyncio.gather(*(worker.leave() for worker in (one, two, three, static)))


def table(stalls: dict[str, Stall]) -> Table:
    shown = Table("what happens", "longest wait, s", "partitions that wait over 1 s", title="stalls")
    for what, by_partition in stalls.items():
        shown.add_row(what, f"{max(by_partition.values()):.1f}", str(sum(s > 1 for s in by_partition.values())))
    return shown


def main() -> None:
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL + 1)
    with tempfile.TemporaryDirectory() as home, Stack(Path(home)) as servers:
        environment = {**servers.environment(), "ORDERFLOW_DATA_DIR": home}
        Console().print(table(asyncio.run(measured(environment, Path(home)))))


if __name__ == "__main__":
    main()
