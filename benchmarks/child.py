"""A process that is measured: what it costs in processor time and memory."""

import os
import re
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from orderflow.local.ports import HOST, free_port
from orderflow.local.role import Role

_PORTS = {"web": "ORDERFLOW_HTTP_PORT"}
_TICKS = os.sysconf("SC_CLK_TCK")
_MEBIBYTE_KB = 1024
_numbers = count()


class Child(Role):
    """A role, or with a command another process, on a port of its own. Linux only: it reads /proc."""

    def cpu_seconds(self) -> float:
        """User and system time since it started, of all its threads; 10 ms is the finest."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def resident_mb(self, *, peak: bool = False) -> float:
        """Memory held now, or the most it ever held, in MiB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(rf"^{'VmHWM' if peak else 'VmRSS'}:\s+(\d+) kB", status, re.MULTILINE)
        return int(found[1]) / _MEBIBYTE_KB if found else 0.0


@contextmanager
def held(*children: Child) -> Iterator[None]:
    """They stand still meanwhile."""
    for each in children:
        each.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for each in children:
            each.signal(signal.SIGCONT)


def child(name: str, settings: Mapping[str, str], home: Path, *module: str) -> Child:
    """Not started yet. `module` and its arguments are run with `python -m` in place of `orderflow NAME`."""
    port = free_port()
    foreign = {key: value for key, value in os.environ.items() if not key.startswith("ORDERFLOW_")}
    environment = {**foreign, **settings, _PORTS.get(name, "ORDERFLOW_OPS_PORT"): str(port)}
    command: Sequence[str] = [sys.executable, "-m", *module] if module else ()
    return Child(name, environment, home / f"{name}-{next(_numbers)}", f"http://{HOST}:{port}", command)
