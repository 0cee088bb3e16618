"""A deployment on servers of its own, which a test may kill, freeze and start again; ports and data stay."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from orderflow.adapters.kafka_partitions import partition_of
from orderflow.local.mongo import SecantusDB
from orderflow.local.role import Role
from orderflow.local.server import Server
from orderflow.local.stack import broker
from orderflow.local.valkey import Valkey
from orderflow.wire.records import Topic
from tests.e2e.deployment import PARTITIONS, Deployment
from tests.eventually import eventually
from tests.http_answers import Answer, ask

SESSION_SECONDS = 2


@dataclass(frozen=True, kw_only=True)
class OwnServers:
    """One worker and one facade, and the three servers under them."""

    kafka: Server
    mongo: Server
    redis: Server
    deployment: Deployment
    worker: Role
    web: Role

    async def ask(self, method: str, path: str, **options: object) -> Answer:
        return await ask(method, f"{self.web.url}{path}", **options)

    async def worker_misses(self, server: str) -> bool:
        return server in (await ask("GET", f"{self.worker.url}/readyz")).body.get("checks", {})

    async def ready(self) -> bool:
        answers = await asyncio.gather(*(ask("GET", f"{role.url}/readyz") for role in (self.worker, self.web)))
        return [answer.status for answer in answers] == [200, 200]

    async def members(self) -> list[str]:
        """Of the workers' group; a member that was expelled comes back under another id."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.deployment.brokers)
        await admin.start()
        try:
            [answer] = await admin.describe_consumer_groups([f"{self.deployment.prefix}.orderflow-worker"])
        finally:
            await admin.close()
        return [member["member_id"] for member in answer.to_object()["groups"][0]["members"]]

    async def feed(self, name: str, *, rate: int, seconds: float) -> list[str]:
        """Creations onto `order_commands`, so many a second, for so long; their order ids."""
        order_ids = [f"{name}-{number}" for number in range(int(rate * seconds))]
        loop = asyncio.get_running_loop()
        started = loop.time()
        async with AIOKafkaProducer(bootstrap_servers=self.deployment.brokers, linger_ms=20) as producer:
            for number, order_id in enumerate(order_ids):
                await moment(started + number / rate)
                key = order_id.encode()
                await producer.send(
                    self.deployment.name(Topic.COMMANDS),
                    creation(order_id, f"client-{number % 100}"),
                    key,
                    partition=partition_of(key, PARTITIONS),
                )
        return order_ids


def creation(order_id: str, client_id: str) -> bytes:
    return orjson.dumps(
        {
            "type": "create_order",
            "command_id": "create",
            "order_id": order_id,
            "client_id": client_id,
            "items": [
                {"sku": f"P{number}", "name": f"Package {number}", "quantity": 2, "price": 5} for number in range(8)
            ],
        }
    )


async def moment(when: float) -> None:
    """Returns at that time of the running loop: what keeps a rate steady."""
    loop = asyncio.get_running_loop()
    if when > loop.time():
        reached = loop.create_future()
        loop.call_at(when, reached.set_result, None)
        await reached


def resident_megabytes(pid: int) -> float:
    [kilobytes] = re.findall(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(kilobytes) / 1024


@asynccontextmanager
async def away(server: Server, seconds: float = 0.0) -> AsyncIterator[None]:
    """Killed, and started again not before so many seconds have passed."""
    until = asyncio.get_running_loop().time() + seconds
    await asyncio.to_thread(server.kill)
    try:
        yield
        await moment(until)
    finally:
        await started(server)


async def started(server: Server) -> None:
    """Launched from this thread: a server dies with the thread that started it."""
    server.launch()
    await asyncio.to_thread(server.wait_until_ready)


@asynccontextmanager
async def frozen(server: Server, seconds: float = 0.0) -> AsyncIterator[None]:
    """It takes connections and says nothing, as behind a line that swallows everything."""
    until = asyncio.get_running_loop().time() + seconds
    server.process.signal(signal.SIGSTOP)
    try:
        await eventually(lambda: stands_still(server.process.pid))
        yield
        await moment(until)
    finally:
        server.process.signal(signal.SIGCONT)


def stands_still(pid: int) -> bool:
    """A thread is not held before it takes notice of the signal, which on a busy machine it does late."""
    stats = Path(f"/proc/{pid}/task").glob("*/stat")
    try:
        return {stat.read_text().rpartition(")")[2].split()[0] for stat in stats} == {"T"}
    except OSError:  # a thread that came to its end meanwhile
        return False


@asynccontextmanager
async def own_servers(home: Path, **settings: str) -> AsyncIterator[OwnServers]:
    """`settings` are ORDERFLOW_* variables of both roles."""
    servers = [Server(program, home) for program in (broker(), SecantusDB(), Valkey())]
    async with AsyncExitStack() as stack:
        for server in servers:
            stack.callback(_end, server)
        await asyncio.gather(*map(started, servers))
        deployment = Deployment(_environment(servers), "own", home)
        deployment.environment |= {"ORDERFLOW_SESSION_SECONDS": str(SESSION_SECONDS)} | settings
        stack.callback(deployment.stop)
        worker, web = await asyncio.gather(deployment.worker(), deployment.web())
        for role in (worker, web):
            # They need not take their leave.
            stack.callback(role.signal, signal.SIGKILL)
        kafka, mongo, redis = servers
        yield OwnServers(kafka=kafka, mongo=mongo, redis=redis, deployment=deployment, worker=worker, web=web)


def _end(server: Server) -> None:
    """At once: nothing it holds is wanted any more."""
    server.process.signal(signal.SIGKILL)
    server.stop()


def _environment(servers: Sequence[Server]) -> dict[str, str]:
    return {name: value for server in servers for name, value in server.environment.items()}
