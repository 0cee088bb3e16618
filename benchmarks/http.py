"""The HTTP facade under load: every kind of request, with few and with many connections."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Any

from redis.asyncio import Redis

from benchmarks.bench import Bench, Step
from benchmarks.child import child, held
from benchmarks.deployment import Deployment, deployment, drained, loaded
from benchmarks.ground import Ground
from benchmarks.http_job import Job, Kind, Load
from benchmarks.patience import FailedError, until
from benchmarks.seeding import Seed, seeds, store
from orderflow.adapters.redis_keys import RedisKeys
from orderflow.local.ports import HOST, free_port, is_free

CONNECTIONS = (1, 32, 128)
SECONDS, PART_SECONDS = 1.5, 0.6
"""Of one measurement: in a whole run, and in one of this part alone, which shall take less than two minutes."""
LADDER = ["confirmed", "assigned", "picked_up", "in_transit", *["out_for_delivery", "attempt_failed"] * 2]
READ_ORDERS = 3_000
_CHANGES, _CHANGES_PER_CONNECTION = 9_000, 2_000
"""Per second, more than any facade takes."""
_HOT_ORDERS = 200
_CLIENTS = 20
_WARMING_CONNECTIONS, _WARMING_SECONDS = 8, 5.0
CEILING = "http/the load generator itself"
ALONE = "create, respond-async, worker held"
"""What one facade does by itself: a worker, its database and the load share two cores with it otherwise."""

SCENARIOS: Mapping[str, Mapping[str, Any]] = {
    "create, waiting": {"kind": Kind.CREATE},
    "create, respond-async": {"kind": Kind.CREATE, "respond_async": True},
    ALONE: {"kind": Kind.CREATE, "respond_async": True},
    "change, waiting": {"kind": Kind.CHANGE, "ladder": LADDER},
    "change, respond-async": {"kind": Kind.CHANGE, "ladder": LADDER, "respond_async": True},
    "read by id, cached": {"kind": Kind.READ, "repeat": True},
    "read by id, uncached": {"kind": Kind.READ},
    "list, cached": {"kind": Kind.LIST, "repeat": True},
}


def series(scenario: str, connections: int) -> str:
    """The name of what is measured."""
    return f"http/{scenario}/{connections}"


@dataclass(slots=True)
class Facade:
    """A facade on a ground of its own, and the orders that requests are about; each is changed by one job only."""

    bench: Bench
    ground: Ground
    roles: Deployment
    seconds: float
    _changed: Any = field(init=False)

    def __post_init__(self) -> None:
        self._changed = iter([seed.order_id for seed in _changed_in(self.bench.rounds, self.seconds)])

    async def run(self, scenario: str, connections: int) -> None:
        job = self._job(scenario, connections, await self._ids(scenario, connections), self.seconds)
        if job.repeat:
            await loaded(replace(job, repeat=False, connections=_WARMING_CONNECTIONS, seconds=_WARMING_SECONDS))
        with held(self.roles.worker) if scenario == ALONE else nullcontext():
            load = await loaded(job)
        record(self.bench, scenario, connections, load)
        await drained(self.ground)

    async def warm(self) -> None:
        """The broker and the roles were just started; what they compile and cache at first is left out."""
        for job in (
            self._job(scenario, 32, [], _WARMING_SECONDS / 2)
            for scenario in ("create, waiting", "create, respond-async")
        ):
            await loaded(job)
        await drained(self.ground)

    def _job(self, scenario: str, connections: int, ids: list[str], seconds: float) -> Job:
        return Job(
            url=self.roles.web.url,
            connections=connections,
            seconds=seconds,
            ids=ids,
            clients=[f"{'maker' if scenario.startswith('create') else 'read'}-{number}" for number in range(_CLIENTS)],
            **SCENARIOS[scenario],
        )

    async def _ids(self, scenario: str, connections: int) -> list[str]:
        if scenario.startswith("change"):
            return list(islice(self._changed, _changed_by(connections, self.seconds)))
        reads = [seed.order_id for seed in seeds("read-", 0, self.bench.many(READ_ORDERS))]
        if "uncached" in scenario:
            await self._forget(reads)
            return reads
        return reads[:_HOT_ORDERS]

    async def _forget(self, order_ids: list[str]) -> None:
        settings = self.ground.settings
        keys = RedisKeys(settings.redis_prefix)
        async with Redis.from_url(settings.redis_url.get_secret_value()) as redis:
            await redis.unlink(*(keys.order(order_id) for order_id in order_ids))


def _changed_by(connections: int, seconds: float) -> int:
    """More orders than can be led through all of their changes in that time."""
    return connections + int(min(connections * _CHANGES_PER_CONNECTION, _CHANGES) * seconds / len(LADDER))


def _changed_in(rounds: int, seconds: float) -> list[Seed]:
    scenarios = sum(scenario["kind"] is Kind.CHANGE for scenario in SCENARIOS.values())
    each = sum(_changed_by(connections, seconds) for connections in CONNECTIONS)
    return seeds("change-", 0, rounds * scenarios * each)


def record(bench: Bench, scenario: str, connections: int, load: Load) -> None:
    if not load.answers:
        raise FailedError(f"{scenario}: nothing was answered, {load.errors} connections broke")
    bench.results.add(
        series(scenario, connections),
        rate=load.rate,
        p50=load.p50,
        p99=load.p99,
        hits=load.hits / load.answers,
        failed=float(load.failed),
    )


@asynccontextmanager
async def http_steps(bench: Bench) -> AsyncIterator[list[Step]]:
    """A worker and a facade on one ground for all rounds; every scenario once in each."""
    seconds = max(0.2, (SECONDS if bench.whole else PART_SECONDS) * min(bench.scale, 1.0))
    async with bench.ground() as place:
        await store(place.settings, seeds("read-", 0, bench.many(READ_ORDERS)))
        await store(place.settings, _changed_in(bench.rounds, seconds))
        async with deployment(place, bench.home) as roles:
            facade = Facade(bench, place, roles, seconds)
            yield [
                Step("warming the facade", _WARMING_SECONDS + 1, facade.warm),
                *(
                    Step(series(scenario, connections), seconds + 0.5, partial(facade.run, scenario, connections))
                    for _ in range(bench.rounds)
                    for connections in CONNECTIONS
                    for scenario in SCENARIOS
                ),
                Step(CEILING, seconds + 1, partial(ceiling, bench, seconds)),
            ]


async def ceiling(bench: Bench, seconds: float) -> None:
    """What the load generator reaches against a server that does nothing."""
    port = free_port()
    with child("echo", {}, bench.home, "benchmarks.echo", str(port)):
        await until(lambda: not is_free(port), "the server that does nothing does not start")
        for _ in range(bench.rounds):
            url = f"http://{HOST}:{port}"
            load = await loaded(Job(url=url, kind=Kind.READ, connections=32, seconds=seconds, ids=["x"], repeat=True))
            bench.results.add(CEILING, rate=load.rate, p50=load.p50, p99=load.p99)
