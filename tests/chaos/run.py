"""One run: servers behind proxies, a fleet under load, faults, and then the reckoning."""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import orjson

from orderflow.adapters.kafka_publisher import KafkaPublisher
from tests.chaos.account import Account, account_of
from tests.chaos.faults import Site
from tests.chaos.fleet import fleet
from tests.chaos.guarded import guarded_servers
from tests.chaos.http_load import HttpClient
from tests.chaos.kafka_load import KafkaLoad
from tests.chaos.mix import Mix
from tests.chaos.promises import Promises
from tests.chaos.schedule import Scheduler

PARTITIONS = 8
SESSION_SECONDS = 3
HTTP_CLIENTS = 6
VERIFY = "from orderflow.cli import main; main(prog_name='orderflow')"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """For how long a fault is applied every so often (seconds), and how many records a program produces meanwhile."""

    seed: int
    seconds: float
    every: float = 6.0
    commands_per_second: float = 150.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`verified` is what `orderflow verify --json` printed."""

    promises: Promises
    account: Account
    verified: Mapping[str, Any]
    applied: Mapping[Any, int] = field(default_factory=dict)

    @property
    def lost(self) -> list[str]:
        return self.account.lost(self.promises)

    @property
    def doubled(self) -> list[str]:
        return self.account.doubled(self.promises)

    @property
    def violations(self) -> list[str]:
        found = [
            f"{invariant['name']}: {example}"
            for invariant in self.verified["invariants"]
            if invariant["violations"]
            for example in invariant["examples"] or ["no example"]
        ]
        return [*found, *self.promises.stale, *self.promises.unexpected]


async def run(plan: Plan, home: Path, say: Say) -> Result:
    begun = time.monotonic()

    def tell(what: str) -> None:
        say(f"{time.monotonic() - begun:5.0f} s  {what}")

    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(guarded_servers(home, say))
        environment = {
            "ORDERFLOW_PARTITIONS": str(PARTITIONS),
            "ORDERFLOW_SESSION_SECONDS": str(SESSION_SECONDS),
            "ORDERFLOW_DATA_DIR": str(home),
        }
        for server in servers.values():
            environment |= server.environment
        deployed = await stack.enter_async_context(fleet(environment, home))
        tell("3 workers and 2 facades are ready")
        random = Random(plan.seed)
        site = Site(servers=servers, fleet=deployed, random=random, session_seconds=SESSION_SECONDS)
        scheduler, promises = Scheduler(site, tell), Promises()
        brokers = environment["ORDERFLOW_KAFKA_BROKERS"]
        await _load(plan, site, scheduler, promises, brokers)
        tell("all faults are mended, every request is answered")
        await deployed.all_ready()
        verified = await _verified(environment)
        tell("verified")
        return Result(
            promises=promises,
            account=await account_of(brokers, ""),
            verified=verified,
            applied=scheduler.applied,
        )


async def _load(plan: Plan, site: Site, scheduler: Scheduler, promises: Promises, brokers: str) -> None:
    """Until the last fault is mended and everything asked for is promised or refused."""
    publisher = KafkaPublisher(brokers=brokers, prefix="", partitions=PARTITIONS)
    programs = KafkaLoad(publisher, Mix(Random(plan.seed)), promises, per_second=plan.commands_per_second)
    clients = [
        HttpClient(f"http-{plan.seed}-{number}", site.fleet.facades, Random(f"{plan.seed}-{number}"), promises)
        for number in range(HTTP_CLIENTS)
    ]
    stopping = asyncio.Event()
    try:
        async with asyncio.TaskGroup() as load:
            for part in (programs, *clients):
                load.create_task(part.run(stopping))
            await scheduler.run(plan.seconds, every=plan.every)
            stopping.set()
    finally:
        await publisher.close()


async def _verified(environment: Mapping[str, str]) -> dict[str, Any]:
    """`orderflow verify`, as an operator runs it."""
    verify = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        VERIFY,
        "verify",
        "--json",
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await verify.communicate()
    if verify.returncode not in (0, 1):
        raise RuntimeError(f"verify ended with {verify.returncode}: {complained.decode()}")
    verified: dict[str, Any] = orjson.loads(said)
    return verified
