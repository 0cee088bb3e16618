"""What it costs a worker to be watched: processor time of a command with and without instruments."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from benchmarks.bench import Bench, Step
from benchmarks.deployment import said_by

PAIRS = 20
"""In a run of three rounds; the ways take turns, every other time backwards."""
COMMANDS = 20_000
WAYS = ("bare", "off", "metrics", "traces")
"""`bare`: without the hooks themselves; `traces`: 1 % of them are recorded."""
_SECONDS = 2.5


def series(way: str) -> str:
    return f"telemetry/{way}"


@asynccontextmanager
async def telemetry_steps(bench: Bench) -> AsyncIterator[list[Step]]:
    """Each in a process of its own: in one, the collector of cycles comes upon one of them more often."""
    pairs = max(2, PAIRS * bench.rounds // 3)
    yield [
        Step("commands with and without instruments", _SECONDS * len(WAYS), partial(_turn, bench, number))
        for number in range(pairs)
    ]


async def _turn(bench: Bench, number: int) -> None:
    for way in WAYS if number % 2 else reversed(WAYS):
        cost = await said_by(
            "benchmarks.telemetry_job", way, str(bench.many(COMMANDS)), settings={"PYTHONHASHSEED": "0"}
        )
        bench.results.add(series(way), cpu_us=cost)
