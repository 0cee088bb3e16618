"""What it costs a worker to be watched: processor time of a command with and without instruments."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from benchmarks.bench import Bench, Step
from benchmarks.deployment import said_by

PAIRS = 20
"""In a run of three rounds; the ways take turns, every other time backwards."""
COMMANDS = 20_000
SMALL, FULL = 100, 500
"""Commands in a batch: where each holds one recorded trace, which costs most; and as a backlog fills them."""
TURN = (("bare", SMALL), ("off", SMALL), ("metrics", SMALL), ("traces", SMALL), ("off", FULL), ("traces", FULL))
"""`bare`: without the hooks themselves; `traces`: 1 % of them are recorded."""
_SECONDS = 1.7


def series(way: str, batch: int) -> str:
    return f"telemetry/{way}, batches of {batch}"


@asynccontextmanager
async def telemetry_steps(bench: Bench) -> AsyncIterator[list[Step]]:
    """Each in a process of its own: in one, the collector of cycles comes upon one of them more often."""
    pairs = max(2, PAIRS * bench.rounds // 3)
    yield [
        Step("commands with and without instruments", _SECONDS * len(TURN), partial(_turn, bench, number))
        for number in range(pairs)
    ]


async def _turn(bench: Bench, number: int) -> None:
    for way, batch in TURN if number % 2 else reversed(TURN):
        cost = await said_by(
            "benchmarks.telemetry_job", way, str(bench.many(COMMANDS)), str(batch), settings={"PYTHONHASHSEED": "0"}
        )
        bench.results.add(series(way, batch), cpu_us=cost)
