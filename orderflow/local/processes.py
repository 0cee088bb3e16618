"""Processes of any parent, told apart from others that got the same pid later."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from orderflow.local.waiting import comes_true

GRACE = 20.0  # seconds a server may take to end by itself


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """The leader of a process group of its own, known by pid and start time."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Self:
        return cls(pid=pid, started=birth(pid) or "never")

    def alive(self) -> bool:
        return birth(self.pid) == self.started

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole group, unless the process is gone."""
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def gone_within(self, seconds: float) -> bool:
        return comes_true(lambda: not self.alive(), seconds)


def end(processes: Sequence[Process]) -> None:
    """Ask all of them to end, wait, and kill those that do not."""
    for process in processes:
        process.signal(signal.SIGTERM)
    deadline = time.monotonic() + GRACE
    for process in processes:
        if not process.gone_within(deadline - time.monotonic()):
            process.signal(signal.SIGKILL)
            process.gone_within(GRACE)


def birth(pid: int) -> str | None:
    """When the process started, as the system puts it; None when there is no such process or it only awaits burial."""
    fields = _from_proc(pid) if Path("/proc/self/stat").exists() else _from_ps(pid)
    return None if not fields or fields[0][0] in "ZX" else " ".join(fields[1:])


def _from_proc(pid: int) -> list[str]:
    """State, start time in clock ticks since boot (fields 3 and 22 of proc_pid_stat(5)), and which boot that was."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return []
    after_name = stat.rpartition(")")[2].split()
    return [after_name[0], after_name[19], boot]


def _from_ps(pid: int) -> list[str]:
    """State and start time in words, for systems without /proc."""
    listing = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listing.stdout.split()
