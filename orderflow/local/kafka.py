"""Apache Kafka: one KRaft node, broker and controller in one Java process."""

import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path

from orderflow.local import kafka_jars, probes
from orderflow.local.errors import ServerDidNotStart
from orderflow.local.kafka_config import server_properties
from orderflow.local.notices import Say, to_stderr
from orderflow.local.ports import HOST, free_port
from orderflow.wire.opaque import encode_opaque

LOGGING = Path(__file__).with_name("log4j2.properties")
TUNING = ("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""One node on a laptop: starting fast and leaving the cores to others matters more than peak speed."""


@dataclass(frozen=True, slots=True)
class Kafka:
    """A real Kafka; its topics, groups and cluster id survive a restart, also one on another port.

    `advertised`: the host:port that clients are sent to, where a proxy stands before the broker.
    """

    java: int
    say: Say = to_stderr
    advertised: str | None = None
    name: str = "kafka"

    @property
    def title(self) -> str:
        return f"Apache Kafka {kafka_jars.VERSION} (embedded, Java {self.java})"

    def command(self, home: Path, port: int, /) -> list[str]:
        lib = kafka_jars.jars(self.say)
        config = home / "server.properties"
        broker, controller = f"{HOST}:{port}", f"{HOST}:{free_port()}"
        config.write_text(
            server_properties(str(home / "log"), broker=broker, controller=controller, advertised=self.advertised)
        )
        java = ["java", *TUNING, f"-Dlog4j2.configurationFile={LOGGING}", "-cp", f"{lib}/*"]
        if not (home / "log" / "meta.properties").exists():
            _format([*java, "kafka.tools.StorageTool"], config)
        return [*java, "kafka.Kafka", str(config)]

    def answers(self, port: int, /) -> bool:
        return probes.kafka_answers(port)

    def environment(self, port: int, /) -> dict[str, str]:
        return {"ORDERFLOW_KAFKA_BROKERS": f"{HOST}:{port}"}


def _format(storage_tool: list[str], config: Path) -> None:
    """Give the empty log folder a new cluster id."""
    cluster_id = encode_opaque(uuid.uuid4().bytes)
    # A leading dash would be read as an option.
    command = [*storage_tool, "format", f"--cluster-id={cluster_id}", "--config", str(config)]
    formatted = subprocess.run(command, capture_output=True, text=True, check=False)
    if formatted.returncode:
        raise ServerDidNotStart(
            f"Apache Kafka could not format {config.parent}: remove it if it holds nothing of value:\n"
            f"{(formatted.stdout + formatted.stderr)[-2000:]}"
        )
