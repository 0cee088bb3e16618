"""stack.json: which servers of a data directory were started last, when and where; their processes tell which run."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from orderflow.local.processes import Process


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningServer:
    """A server somebody started, and the settings that name it; `ready` once it answered."""

    name: str
    title: str
    address: str
    environment: dict[str, str]
    process: Process
    ready: bool


Entries = TypeAdapter(list[RunningServer])


def running_servers(data_dir: Path) -> list[RunningServer]:
    """Return those that still run: an entry whose process ended, or whose pid belongs to another one now, is stale."""
    return [entry for entry in _entries(data_dir) if entry.process.alive()]


def last_ports(data_dir: Path) -> dict[str, int]:
    """Return the port on which each server was started last, so that clients find it there again."""
    return {entry.name: int(entry.address.rpartition(":")[2]) for entry in _entries(data_dir)}


def remember(data_dir: Path, servers: Sequence[RunningServer]) -> None:
    """Replace the file in one step; call it under the lock."""
    scratch = _file(data_dir).with_suffix(f".{os.getpid()}")
    scratch.write_bytes(Entries.dump_json(list(servers), indent=2))
    scratch.replace(_file(data_dir))


@contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Let one process at a time start or stop the servers of a data directory; the others wait."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "stack.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _entries(data_dir: Path) -> list[RunningServer]:
    try:
        return Entries.validate_json(_file(data_dir).read_bytes())
    except (FileNotFoundError, ValidationError):
        return []


def _file(data_dir: Path) -> Path:
    return data_dir / "stack.json"
