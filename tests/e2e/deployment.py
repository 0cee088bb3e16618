"""A whole deployment for a test: roles as processes, with topics, a group and a database of their own."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.structs import TopicPartition

from orderflow.adapters.kafka_partitions import partition_of
from orderflow.local.ports import free_port
from orderflow.local.role import Role
from orderflow.wire.records import Headers, Topic
from tests.documented import check_record
from tests.eventually import eventually

PARTITIONS = 4
ORDERFLOW = (sys.executable, "-c", "from orderflow.cli import main; main(prog_name='orderflow')")
Enough = Callable[[list[ConsumerRecord]], bool]
"""Whether all the records are there that a test waits for."""

CREATE = {
    "type": "create_order",
    "command_id": "c-1",
    "order_id": "ord_1",
    "client_id": "client-123",
    "items": [{"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}],
}


class Deployment:
    """Roles are started when asked for, and all of them are ended at the end."""

    def __init__(self, servers: dict[str, str], prefix: str, home: Path, partitions: int = PARTITIONS) -> None:
        self.prefix = prefix
        self.partitions = partitions
        self.brokers = servers["ORDERFLOW_KAFKA_BROKERS"]
        self.settings = {
            **servers,
            "ORDERFLOW_TOPIC_PREFIX": f"{prefix}.",
            "ORDERFLOW_MONGO_DATABASE": prefix,
            "ORDERFLOW_REDIS_PREFIX": f"{prefix}:",
            "ORDERFLOW_PARTITIONS": str(partitions),
            "ORDERFLOW_DATA_DIR": str(home),
        }
        self.environment = {**os.environ, **self.settings}
        self._logs = home
        self._roles = ExitStack()
        self._started = 0

    async def worker(self) -> Role:
        role = Role("worker", *self._place("ORDERFLOW_OPS_PORT", free_port()))
        return await self._ready(self._roles.enter_context(role))

    async def insights(self, **changed: str) -> Role:
        environment, logs, url = self._place("ORDERFLOW_OPS_PORT", free_port())
        return await self._ready(self._roles.enter_context(Role("insights", environment | changed, logs, url)))

    async def web(self) -> Role:
        return await self._ready(self.start_web())

    def start_web(self, **changed: str) -> Role:
        """A facade that need not become ready, with some settings of its own."""
        environment, logs, url = self._place("ORDERFLOW_HTTP_PORT", free_port())
        return self._roles.enter_context(Role("web", environment | changed, logs, url))

    def stop(self) -> None:
        self._roles.close()

    async def produce(self, *records: tuple[str, bytes], topic: Topic = Topic.COMMANDS, headers: Headers = ()) -> None:
        """Records (key, value) onto `order_commands`, where Java's producer would put them."""
        async with AIOKafkaProducer(bootstrap_servers=self.brokers) as producer:
            for key, value in records:
                partition = partition_of(key.encode(), self.partitions)
                await producer.send(self.name(topic), value, key.encode(), partition=partition, headers=list(headers))

    async def read(self, topic: Topic, enough: Enough, within: float = 60) -> list[ConsumerRecord]:
        """Everything on the topic, once it is enough."""
        records: list[ConsumerRecord] = []
        partitions = [TopicPartition(self.name(topic), number) for number in range(self.partitions)]
        async with AIOKafkaConsumer(bootstrap_servers=self.brokers, group_id=None) as consumer:
            consumer.assign(partitions)
            await consumer.seek_to_beginning()

            async def read_on() -> bool:
                for found in (await consumer.getmany(timeout_ms=100)).values():
                    records.extend(found)
                return enough(records)

            await eventually(read_on, within=within)
        if topic is not Topic.COMMANDS:  # Anybody may write there.
            for record in records:
                check_record(topic, record.value, record.headers)
        return records

    def name(self, topic: Topic) -> str:
        return f"{self.prefix}.{topic}"

    def _place(self, variable: str, port: int) -> tuple[dict[str, str], Path, str]:
        """Commands find the newest role of its kind there, too."""
        self._started += 1
        logs = self._logs / f"role-{self._started}"
        self.environment[variable] = str(port)
        return dict(self.environment), logs, f"http://127.0.0.1:{port}"

    async def _ready(self, role: Role) -> Role:
        def ready() -> bool:
            assert not role.ended(), role.last_words()
            return role.ready()

        await eventually(ready, within=30)
        return role


def json_of(record: ConsumerRecord) -> dict[str, object]:
    fields: dict[str, object] = orjson.loads(record.value)
    return fields


async def orderflow(deployment: Deployment, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The command as a person types it."""
    return await asyncio.to_thread(
        subprocess.run,
        [*ORDERFLOW, *words],
        input=given,
        env=deployment.environment,
        capture_output=True,
        check=False,
        timeout=90,
    )
