"""One run: faults by the seed under load, and then the reckoning."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orderflow.local.notices import Say
from tests.chaos.faults import Fault
from tests.chaos.load import under_load
from tests.chaos.reckoning import Reckoning, reckoning
from tests.chaos.schedule import Scheduler
from tests.chaos.site import Site

CLEAN = "0 lost, 0 doubled, 0 violations"
FAULTS, KINDS, COMMANDS = 20, 8, 20_000
"""What a run of three minutes and more has to have seen."""


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

    def shortfalls(self) -> Iterator[str]:
        """What makes a run of three minutes prove too little."""
        faults, kinds = sum(self.applied.values()), len({fault.kind for fault in self.applied})
        account = self.reckoning.account
        if faults < FAULTS or kinds < KINDS:
            yield f"only {faults} faults of {kinds} kinds, not {FAULTS} of {KINDS}"
        if account.commands < COMMANDS:
            yield f"only {account.commands} commands, not {COMMANDS}"
        if account.repeated < 1:
            yield "no delivery was repeated"


async def run(plan: Plan, grounds: Site, say: Say) -> Run:
    scheduler = Scheduler(grounds, say)
    faults = scheduler.run(plan.seed, plan.seconds, every=plan.every)
    promises = await under_load(grounds, faults, seed=plan.seed, per_second=plan.per_second)
    say("every fault is mended, every request answered")
    return Run(scheduler.applied, await reckoning(grounds, promises))
