"""One run: faults by the seed under load, and then the reckoning."""

from collections.abc import Mapping
from dataclasses import dataclass

from orderflow.local.notices import Say
from tests.chaos.faults import Fault
from tests.chaos.load import under_load
from tests.chaos.reckoning import Reckoning, reckoning
from tests.chaos.schedule import Scheduler
from tests.chaos.site import Site

CLEAN = "0 lost, 0 doubled, 0 violations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """For how long a fault is applied every so often (seconds), and how many records a program produces meanwhile."""

    seed: int
    seconds: float
    every: float = 6.0
    per_second: float = 150.0


@dataclass(frozen=True, slots=True)
class Run:
    """The faults, how often each was applied, and what came of it."""

    applied: Mapping[Fault, int]
    reckoning: Reckoning


async def run(plan: Plan, grounds: Site, say: Say) -> Run:
    scheduler = Scheduler(grounds, say)
    faults = scheduler.run(plan.seconds, every=plan.every)
    promises = await under_load(grounds, faults, seed=plan.seed, per_second=plan.per_second)
    say("every fault is mended, every request answered")
    return Run(scheduler.applied, await reckoning(grounds, promises))
