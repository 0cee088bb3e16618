"""SecantusDB: a MongoDB protocol server on WiredTiger. GPL-2.0, hence always a process of its own."""

from dataclasses import dataclass
from pathlib import Path

from orderflow.local import probes
from orderflow.local.installed import script
from orderflow.local.ports import HOST


@dataclass(frozen=True, slots=True)
class SecantusDB:
    """What it acknowledged with `w: majority, j: true` survives a kill."""

    name: str = "mongo"
    title: str = "SecantusDB (embedded)"

    def command(self, home: Path, port: int, /) -> list[str]:
        # Naming a configuration keeps it from finding one in the working or home directory.
        config = home / "secantusd.toml"
        config.touch()
        words = ["--config", str(config), "--standalone", "--host", HOST, "--port", str(port)]
        storage = ["--storage-path", str(home / "storage"), "--cache-size", "256M"]
        return [str(script("secantusd-py")), *words, *storage, "--log-level", "WARNING"]

    def answers(self, port: int, /) -> bool:
        return probes.mongo_answers(port)

    def environment(self, port: int, /) -> dict[str, str]:
        return {"ORDERFLOW_MONGO_URL": f"mongodb://{HOST}:{port}"}
