"""Worker throughput: contestants take turns, on the same commands, with a database and with none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from benchmarks.bench import Bench, Step
from benchmarks.measure import Contest, measured
from benchmarks.workload import WORKLOADS

REMOTE_SECONDS = 0.1
"""What a write takes in a database on another machine, as the null store plays it."""

_COMMANDS = {
    ("null", "creates"): 8_000,
    ("null", "1:3"): 8_000,
    ("mongo", "creates"): 4_000,
    ("mongo", "1:3"): 3_000,
    ("remote", "creates"): 4_000,
}
_NAIVE_COMMANDS = 300
_FEWEST = 2_000
"""Four batches: of fewer no rate can be told."""
_STORE_SECONDS = {"null": 0.0, "mongo": None, "remote": REMOTE_SECONDS}

_ALWAYS = [
    *(("null", workload, name, 1) for workload in ("creates", "1:3") for name in ("floor", "bare", "ours")),
    *(("mongo", workload, name, 1) for workload in ("creates", "1:3") for name in ("floor", "ours")),
    ("mongo", "creates", "naive", 1),
    ("remote", "creates", "ours", 1),
    ("remote", "creates", "ours", 2),
]
_IN_WHOLE_RUNS = [
    ("null", "creates", "ours", 2),
    *(("mongo", workload, "bare", 1) for workload in ("creates", "1:3")),
    ("mongo", "1:3", "naive", 1),
]
_WARMING_COMMANDS = 10_000
_SECONDS = {"floor": 2.0, "bare": 2.0, "naive": 2.5, "ours": 3.5}


def series(store: str, workload: str, contestant: str, workers: int = 1) -> str:
    """The name of what is measured."""
    return f"worker/{store}/{workload}/{contestant}" + (f"/{workers} workers" if workers > 1 else "")


@asynccontextmanager
async def worker_steps(bench: Bench) -> AsyncIterator[list[Step]]:
    """One round after the other, each contestant once in each."""
    contests = [*_ALWAYS, *(_IN_WHOLE_RUNS if bench.whole else ())]
    yield [
        Step("warming the broker", 4, partial(warm, bench)),
        *(
            Step(series(*contest), _SECONDS[contest[2]] + contest[3] - 1, partial(contend, bench, *contest))
            for _ in range(bench.rounds)
            for contest in contests
        ),
    ]


async def warm(bench: Bench) -> None:
    """A broker just started is compiling itself: whoever came first would pay for it."""
    contest = Contest(
        contestant="bare", workload=WORKLOADS["creates"](bench.many(_WARMING_COMMANDS)), store_seconds=0.0
    )
    async with bench.ground() as place:
        await measured(place, contest, bench.home)


async def contend(bench: Bench, store: str, workload: str, contestant: str, workers: int) -> None:
    fewest, commands = (100, _NAIVE_COMMANDS) if contestant == "naive" else (_FEWEST, _COMMANDS[store, workload])
    contest = Contest(
        contestant=contestant,
        workload=WORKLOADS[workload](max(fewest, bench.many(commands))),
        store_seconds=_STORE_SECONDS[store],
        workers=workers,
    )
    async with bench.ground() as place:
        found = await measured(place, contest, bench.home)
    cores = {f"core_{number}": cost * found.rate / 1e6 for number, cost in enumerate(found.cpu_us, 1)}
    bench.results.add(series(store, workload, contestant, workers), rate=found.rate, cpu_us=sum(found.cpu_us), **cores)
