"""A Redis Cluster of one node: it refuses calls over several slots as any cluster does."""

from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from orderflow.local.ports import free_port
from orderflow.local.valkey import Valkey


@dataclass(frozen=True, slots=True)
class OneNodeCluster(Valkey):
    """Valkey that owns every slot; in service a moment after it answers. Clients are sent to `announced`, if given."""

    name: str = "redis-cluster"
    announced: int | None = None

    def command(self, home: Path, port: int, /) -> list[str]:
        words = ["--cluster-enabled", "yes", "--cluster-port", str(free_port())]
        words += ["--cluster-announce-port", str(self.announced)] if self.announced else []
        return [*Valkey.command(self, home, port), *words]

    def answers(self, port: int, /) -> bool:
        if not Valkey.answers(self, port):
            return False
        with Redis(port=port) as redis:
            if int(redis.cluster("INFO")["cluster_slots_assigned"]) == 0:
                redis.cluster("ADDSLOTSRANGE", 0, 16_383)
            return bool(redis.cluster("INFO")["cluster_state"] == "ok")
