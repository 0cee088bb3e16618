"""A worker and a facade as they ship, for what is measured from outside."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from benchmarks.child import Child, child
from benchmarks.ground import Ground
from benchmarks.http_job import Job, Load
from benchmarks.patience import FailedError, until
from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_reader import kafka_reader
from orderflow.wire.records import Topic

DRAINED_SECONDS = 120.0
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """`started` is how long each role took until it was ready, in seconds."""

    worker: Child
    web: Child
    started: dict[str, float]


@asynccontextmanager
async def deployment(ground: Ground, home: Path) -> AsyncIterator[Deployment]:
    """Both ready; ended at the end."""
    roles = [child(name, ground.environment, home) for name in ("worker", "web")]
    started: dict[str, float] = {}
    with ExitStack() as running:
        for role in roles:
            begun = time.perf_counter()
            running.enter_context(role)
            await ready(role)
            started[role.name] = time.perf_counter() - begun
        yield Deployment(worker=roles[0], web=roles[1], started=started)


async def ready(role: Child) -> None:
    """Return when it is. Raises FailedError."""

    async def is_ready() -> bool:
        if role.ended():
            raise FailedError(f"{role.name} has ended; see {role.log}\n{role.last_words()}")
        return await asyncio.to_thread(role.ready)

    await until(is_ready, f"{role.name} is not ready; see {role.log}")


async def said_by(module: str, *arguments: str, job: object = None, settings: Mapping[str, str] = NOTHING) -> Any:  # noqa: ANN401 - JSON
    """The JSON that a module of ours says on stdout, run in a process of its own. Raises FailedError."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **settings},
    )
    said, complaint = await process.communicate(orjson.dumps(job))
    if process.returncode:
        raise FailedError(f"{module}: {complaint.decode(errors='replace')[-1000:]}")
    return orjson.loads(said)


async def loaded(job: Job) -> Load:
    """A load generator's answer."""
    return Load(**await said_by("benchmarks.http_load", job=asdict(job)))


async def drained(ground: Ground) -> None:
    """Return when every command has its outcome. Raises FailedError."""
    async with kafka_reader(KafkaAccess.of(ground.settings)) as reader:

        async def done() -> bool:
            commands = sum((await reader.ends(ground.topic(Topic.COMMANDS))).values())
            return sum((await reader.ends(ground.topic(Topic.OUTCOMES))).values()) >= commands

        await until(done, "the worker does not get done", DRAINED_SECONDS)
