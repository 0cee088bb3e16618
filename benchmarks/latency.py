"""From command to event: at a rate that is nothing, and at half of what the worker can do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from benchmarks.bench import Bench, Step
from benchmarks.deployment import deployment, drained, said_by
from benchmarks.ground import Ground
from benchmarks.statistics import spread
from benchmarks.worker import contend, series

CALM = 50.0
CALM_SECONDS, BUSY_SECONDS = 8.0, 5.0
AT_CALM = "latency/50 a second"
AT_HALF = "latency/half of capacity"


@asynccontextmanager
async def latency_steps(bench: Bench) -> AsyncIterator[list[Step]]:
    """Capacity is that of the worker with the database on creations, measured now where it has not been yet."""
    capacity = series("mongo", "creates", "ours")
    if not bench.results.values(capacity, "rate"):
        await contend(bench, "mongo", "creates", "ours", 1)
    half = spread(bench.results.values(capacity, "rate")).median / 2
    async with bench.ground() as place, deployment(place, bench.home):
        steps = [(AT_CALM, CALM, CALM_SECONDS), (AT_HALF, half, BUSY_SECONDS)]
        yield [
            Step(name, seconds + 3, partial(_probed, bench, place, name, (rate, seconds * bench.scale, number)))
            for number in range(bench.rounds)
            for name, rate, seconds in steps
        ]


async def _probed(bench: Bench, place: Ground, name: str, plan: tuple[float, float, int]) -> None:
    rate, seconds, number = plan
    orders = f"{name.rpartition(' ')[2]}-{number}"
    found = await said_by("benchmarks.probe", str(rate), str(seconds), orders, settings=place.environment)
    bench.results.add(name, rate=rate, **found)
    await drained(place)
