"""Workers that die or sleep one after the other in one deployment, and what is wrong with it afterwards."""

import asyncio
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orderflow.wire.records import Topic
from tests.chaos.crash_deployment import CrashDeployment
from tests.chaos.crash_points import Point
from tests.chaos.crash_script import script
from tests.chaos.crashing_worker import DIED
from tests.chaos.invariants import violations
from tests.eventually import eventually

FULL = os.environ.get("ORDERFLOW_CRASH_FULL") == "1"
DIES_WITHIN = 30.0


@dataclass(frozen=True, slots=True)
class Crash:
    """Where a worker dies: at a point of that batch of its case, or of the first later one that comes by there."""

    point: Point
    batch: int

    @property
    def case(self) -> str:
        return f"{self.point.name.lower()}-{self.batch}"


STALE_INSERTS, STALE_REPLACEMENTS = Crash(Point.FOLDED, 1), Crash(Point.FOLDED, 3)


async def violations_after_crashes(deployment: CrashDeployment, crashes: Sequence[Crash], **how: str) -> list[str]:
    """The commands of all cases are there from the start; `how` is told to every worker that crashes."""
    lines = [line for crash in crashes for line in script(crash.case)]
    try:
        await deployment.prepare()
        await deployment.send(lines)
        for crash in crashes:
            crashing = await deployment.crashing_worker(crash.case, crash.point, CRASH_BATCH=str(crash.batch), **how)
            assert await asyncio.wait_for(crashing.wait(), DIES_WITHIN) == DIED, deployment.last_words(crash.case)
        await deployment.worker()
        await eventually(deployment.all_committed, within=30)
        return violations(lines, await deployment.remains(lines))
    finally:
        await deployment.end()


async def violations_after_a_sleep(deployment: CrashDeployment, sleep: Crash, **how: str) -> list[str]:
    """A worker is stopped, another takes over and does everything, the first wakes up; then both share what follows."""
    lines, later = script(sleep.case), script("later")
    try:
        await deployment.prepare()
        await deployment.send(lines)
        sleeper = await deployment.crashing_worker(
            sleep.case, sleep.point, CRASH_BATCH=str(sleep.batch), CRASH_DEED="stop", **how
        )
        await eventually(lambda: _is_stopped(sleeper.pid), within=DIES_WITHIN)
        await deployment.worker()
        await eventually(deployment.all_committed, within=30)
        before = len(await deployment.everything(Topic.OUTCOMES))
        sleeper.send_signal(signal.SIGCONT)

        async def repeats_are_told() -> bool:
            return len(await deployment.everything(Topic.OUTCOMES)) > before

        await eventually(repeats_are_told)
        await deployment.send(later)
        await eventually(deployment.all_committed, within=30)
        return violations([*lines, *later], await deployment.remains([*lines, *later]))
    finally:
        await deployment.end()


def _is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
