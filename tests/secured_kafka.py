"""A Kafka that lets nobody in without a login or a certificate, beside the plain listener it needs for itself."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from orderflow.local import kafka_jars
from orderflow.local.kafka import TUNING, Kafka
from orderflow.local.notices import to_stderr
from orderflow.local.ports import HOST, free_port
from orderflow.local.server import Server
from orderflow.local.stack import broker
from tests.certificates import Certificates

USER, PASSWORD = "al=ice", "s3cret/@:%#?&=' $x"
_SASL = "listener.name.sasl_ssl"
_LOGIN = "org.apache.kafka.common.security"


@dataclass(frozen=True, kw_only=True)
class SecuredKafka:
    """A Program; its own port is the plain one."""

    kafka: Kafka
    certificates: Certificates
    sasl_ssl: str = field(default_factory=lambda: f"{HOST}:{free_port()}")
    ssl: str = field(default_factory=lambda: f"{HOST}:{free_port()}")
    name: str = "secured-kafka"

    @property
    def title(self) -> str:
        return self.kafka.title

    def command(self, home: Path, port: int, /) -> list[str]:
        command = self.kafka.command(home, port)
        # The same key again overrides what stands above it.
        with (home / "server.properties").open("a") as config:
            config.writelines(f"{key}={value}\n" for key, value in self._listening(Path(config.name)).items())
        return command

    def answers(self, port: int, /) -> bool:
        return self.kafka.answers(port)

    def environment(self, _plain: int, /) -> dict[str, str]:
        """What a client of the listener with logins needs."""
        return {
            "ORDERFLOW_KAFKA_BROKERS": self.sasl_ssl,
            "ORDERFLOW_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "ORDERFLOW_KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
            "ORDERFLOW_KAFKA_USERNAME": USER,
            "ORDERFLOW_KAFKA_PASSWORD": PASSWORD,
            "ORDERFLOW_KAFKA_CA_FILE": str(self.certificates.ca),
        }

    def _listening(self, config: Path) -> dict[str, str]:
        plain = dict(line.split("=", 1) for line in config.read_text().splitlines())
        ours = f"SASL_SSL://{self.sasl_ssl},SSL://{self.ssl}"
        return {
            "listeners": f"{plain['listeners']},{ours}",
            "advertised.listeners": f"{plain['advertised.listeners']},{ours}",
            "listener.security.protocol.map": f"{plain['listener.security.protocol.map']},SASL_SSL:SASL_SSL,SSL:SSL",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self.certificates.server),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.certificates.ca),
            "listener.name.ssl.ssl.client.auth": "required",
            f"{_SASL}.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
            f"{_SASL}.plain.sasl.jaas.config": (f'{_LOGIN}.plain.PlainLoginModule required user_plain="{PASSWORD}";'),
            f"{_SASL}.scram-sha-512.sasl.jaas.config": f"{_LOGIN}.scram.ScramLoginModule required;",
        }


@contextmanager
def secured_kafka(folder: Path) -> Iterator[SecuredKafka]:
    """Running, with USER known to it by SCRAM-SHA-512, and a user `plain` with the same password by PLAIN."""
    kafka = broker()
    assert isinstance(kafka, Kafka), "needs Apache Kafka"
    program = SecuredKafka(kafka=kafka, certificates=Certificates.made_in(folder))
    with Server(program, folder) as server:
        _know_user(server.address)
        yield program


def _know_user(broker: str) -> None:
    lib = kafka_jars.jars(to_stderr)
    words = ["--bootstrap-server", broker, "--alter", "--entity-type", "users", "--entity-name", USER]
    login = ["--add-config", f"SCRAM-SHA-512=[password={PASSWORD}]"]
    command = ["java", *TUNING, "-cp", f"{lib}/*", "kafka.admin.ConfigCommand", *words, *login]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - fixed words
