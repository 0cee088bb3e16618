"""What a run was made on, and whether that had anything else to do."""

import os
import platform
from dataclasses import dataclass

IDLE_LOAD = 0.25
"""Processes per core that want to run, before a benchmark begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """`load` is the average of the last minute before the run."""

    cores: int
    memory_gb: float
    python: str
    system: str
    load: float

    @property
    def busy(self) -> bool:
        return self.load > IDLE_LOAD * self.cores

    @property
    def words(self) -> str:
        return f"{self.cores} cores, {self.memory_gb:.0f} GB, Python {self.python}, {self.system}"


def this_machine() -> Machine:
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        memory_gb=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        load=os.getloadavg()[0],
    )
