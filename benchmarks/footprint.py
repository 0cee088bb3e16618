"""How long roles take to start, and what memory they hold: idle, under load, and after ten minutes of it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from benchmarks.bench import Bench, Step
from benchmarks.deployment import Deployment, deployment, drained, loaded
from benchmarks.http_job import Job, Kind
from benchmarks.measure import produce
from benchmarks.seeding import seeds, store
from benchmarks.workload import creates

STARTED = "start/"
MEMORY = "memory/"
ROLES = ("worker", "web")
COMMANDS = 10_000
LOAD_SECONDS = 4.0
SOAK_SECONDS = 600.0
_SOAK_SLICE_SECONDS = 10.0
_IDLE_SECONDS = 2.0
_ORDERS = 2_000
_CLIENTS = [f"read-{number}" for number in range(_ORDERS // 20)]


@asynccontextmanager
async def footprint_steps(bench: Bench) -> AsyncIterator[list[Step]]:
    """Fresh roles in every round; a long run adds ten minutes under load."""
    steps = [Step("start, memory idle and under load", 16, partial(_round, bench)) for _ in range(bench.rounds)]
    yield [*steps, Step("memory over ten minutes", SOAK_SECONDS + 8, partial(_soaked, bench))] if bench.long else steps


async def _round(bench: Bench) -> None:
    async with bench.ground() as place, deployment(place, bench.home) as roles:
        for name, seconds in roles.started.items():
            bench.results.add(STARTED + name, seconds=seconds)
        await asyncio.sleep(_IDLE_SECONDS)
        idle = _resident(roles)
        await store(place.settings, seeds("read-", 0, _ORDERS))
        await produce(place.settings, creates(bench.many(COMMANDS)).commands)
        await _under_load(roles, LOAD_SECONDS * bench.scale)
        await drained(place)
        for name, held in _resident(roles, peak=True).items():
            bench.results.add(MEMORY + name, idle=idle[name], loaded=held)


async def _under_load(roles: Deployment, seconds: float) -> None:
    """Creations, lists and reads at once, on eight connections each."""
    shared: dict[str, Any] = {
        "url": roles.web.url,
        "connections": 8,
        "seconds": seconds,
        "clients": _CLIENTS,
        "repeat": True,
    }
    reads = [seed.order_id for seed in seeds("read-", 0, _ORDERS)]
    await asyncio.gather(
        loaded(Job(kind=Kind.CREATE, **shared)),
        loaded(Job(kind=Kind.LIST, **shared)),
        loaded(Job(kind=Kind.READ, ids=reads, **shared)),
    )


async def _soaked(bench: Bench) -> None:
    async with bench.ground() as place, deployment(place, bench.home) as roles:
        await store(place.settings, seeds("read-", 0, _ORDERS))
        deadline = time.monotonic() + SOAK_SECONDS * bench.scale
        while time.monotonic() < deadline:
            await _under_load(roles, _SOAK_SLICE_SECONDS)
            for name, held in _resident(roles).items():
                bench.results.add(f"{MEMORY}{name} over ten minutes", held=held)


def _resident(roles: Deployment, *, peak: bool = False) -> dict[str, float]:
    return {name: role.resident_mb(peak=peak) for name, role in zip(ROLES, (roles.worker, roles.web), strict=True)}
