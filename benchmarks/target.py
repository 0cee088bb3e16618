"""The HTTP part against another service that takes the same three requests: create, change, list."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from benchmarks.bench import Bench, Part, Step
from benchmarks.deployment import loaded
from benchmarks.ground import NotEmptyError
from benchmarks.http import CONNECTIONS, SECONDS
from benchmarks.http_job import Job, Kind, Load

_CLIENTS = 50


def target_part(url: str) -> Part:
    """Its orders stay there: nothing in those requests takes one away."""
    return Part("target", partial(_steps, url.rstrip("/")), 45)


@asynccontextmanager
async def _steps(url: str, bench: Bench) -> AsyncIterator[list[Step]]:
    await asyncio.to_thread(_refuse_what_is_not_empty, url, f"{bench.name}-0")
    target = Target(bench, url)
    yield [
        Step(f"target, {connections} connections", 3 * (SECONDS + 0.3), partial(target.round, connections))
        for _ in range(bench.rounds)
        for connections in CONNECTIONS
    ]


@dataclass(slots=True)
class Target:
    """Creates orders of its own clients, then changes each of them once, then lists."""

    bench: Bench
    url: str

    async def round(self, connections: int) -> None:
        clients = [f"{self.bench.name}-{number}" for number in range(_CLIENTS)]
        created = await self._run("create", connections, Job, kind=Kind.CREATE, clients=clients)
        ids, ladder = created.created, ["in_transit"]
        await self._run("change", connections, Job, kind=Kind.CHANGE, ids=ids, ladder=ladder)
        await self._run("list", connections, Job, kind=Kind.LIST, clients=clients, repeat=True)

    async def _run(self, name: str, connections: int, job: type[Job], **fields: Any) -> Load:  # noqa: ANN401 - a Job's
        seconds = max(0.2, SECONDS * self.bench.scale)
        load = await loaded(job(url=self.url, connections=connections, seconds=seconds, **fields))
        metrics = {"rate": load.rate, "p50": load.p50, "p99": load.p99, "failed": float(load.failed)}
        self.bench.results.add(f"target/{name}/{connections}", **metrics)
        return load


def _refuse_what_is_not_empty(url: str, client: str) -> None:
    """Raises NotEmptyError. A service that lists by client only is asked for a client of our own."""
    for query in ("state=created", f"client_id={client}&state=created"):
        orders = _listed(f"{url}/orders?{query}")
        if orders:
            raise NotEmptyError(f"{url} has orders: a benchmark needs a service with an empty database")


def _listed(url: str) -> list[Any]:
    try:
        with urlopen(url, timeout=10) as answer:  # noqa: S310 - the address that a person gave
            body = json.load(answer)
    except HTTPError:
        return []
    found: list[Any] = (body.get("orders") if isinstance(body, dict) else body) or []
    return found
