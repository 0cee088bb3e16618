"""A deployment whose workers end or stop at a point, and what all of them have left behind."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import Sequence
from pathlib import Path

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition
from pydantic import SecretStr

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_reader import kafka_reader
from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.adapters.mongo_orders import MongoOrderStore
from orderflow.bootstrap import prepare
from orderflow.local import tether
from orderflow.local.ports import free_port
from orderflow.processing.readiness import Readiness
from orderflow.settings import Settings
from orderflow.wire.records import Record, Topic
from tests.chaos.crash_points import Point
from tests.chaos.crash_script import Line, order_ids
from tests.chaos.invariants import Remains
from tests.e2e.deployment import Deployment

ROOT = Path(__file__).parents[2]


class CrashDeployment(Deployment):
    """Small batches and short sessions: a dead worker is missed after one second."""

    def __init__(self, servers: dict[str, str], prefix: str, home: Path, partitions: int) -> None:
        home.mkdir(exist_ok=True)
        super().__init__(servers, prefix, home, partitions)
        self.settings |= {"ORDERFLOW_SESSION_SECONDS": "1", "ORDERFLOW_BATCH_SIZE": "8"}
        self.environment |= self.settings
        self._home = home
        self._crashing: list[Process] = []

    async def prepare(self) -> None:
        """Topics and indexes, as every worker makes them."""
        given = {name.removeprefix("ORDERFLOW_").lower(): value for name, value in self.settings.items()}
        await prepare(Settings.model_validate(given), Readiness())

    async def crashing_worker(self, case: str, point: Point, **how: str) -> Process:
        """Started, not awaited; `how` are the other CRASH_* variables."""
        given = {"CRASH_CASE": case, "CRASH_POINT": point.name, "CRASH_BATCH": "1"} | how
        environment = {**self.environment, **given, "ORDERFLOW_OPS_PORT": str(free_port())}
        tethered = [sys.executable, tether.__file__, str(os.getpid())]
        command = [*tethered, sys.executable, "-m", "tests.chaos.crashing_worker"]
        with (self._home / f"{case}.log").open("wb") as log:
            crashing = await asyncio.create_subprocess_exec(*command, env=environment, cwd=ROOT, stdout=log, stderr=log)
        self._crashing.append(crashing)
        return crashing

    def last_words(self, case: str) -> str:
        return (self._home / f"{case}.log").read_text(errors="replace")[-2000:]

    async def end(self) -> None:
        """Kill those that crash or sleep, and stop the others."""
        for crashing in self._crashing:
            if crashing.returncode is None:
                crashing.kill()
                await crashing.wait()
        await asyncio.to_thread(self.stop)

    async def send(self, lines: Sequence[Line]) -> None:
        await self.produce(*((line.key, line.value) for line in lines))

    async def all_committed(self) -> bool:
        """Whether the workers have acknowledged all commands that are there."""
        async with kafka_reader(KafkaAccess(brokers=self.brokers)) as reader:
            ends = await reader.ends(self.name(Topic.COMMANDS))
        async with AIOKafkaConsumer(
            bootstrap_servers=self.brokers, group_id=f"{self.prefix}.orderflow-worker"
        ) as group:
            for number, end in ends.items():
                partition = TopicPartition(self.name(Topic.COMMANDS), number)
                if (await group.committed(partition) or 0) < end:
                    return False
        return True

    async def remains(self, lines: Sequence[Line]) -> Remains:
        connection = MongoConnection(SecretStr(self.settings["ORDERFLOW_MONGO_URL"]), self.prefix)
        try:
            orders = await MongoOrderStore(connection).load(order_ids(lines))
        finally:
            await connection.close()
        return Remains(
            outcomes=await self.everything(Topic.OUTCOMES),
            events=await self.everything(Topic.EVENTS),
            dead_letters=await self.everything(Topic.DEAD_LETTERS),
            orders=orders,
        )

    async def everything(self, topic: Topic) -> list[Record]:
        async with kafka_reader(KafkaAccess(brokers=self.brokers)) as reader:
            ends = await reader.ends(self.name(topic))
            return [record async for records in reader.read(self.name(topic), ends) for record in records]
