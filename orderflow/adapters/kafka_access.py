"""The way to Kafka: where its brokers are, and what a client shows them so that they let it in."""

import ssl
from dataclasses import dataclass, field
from typing import Any, Self

from orderflow.settings import KafkaProtocol, SaslMechanism, Settings


class KafkaRefusalError(Exception):
    """What Kafka will not do for us until somebody changes something; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaAccess:
    """What every client of one Kafka is made with."""

    brokers: str
    protocol: KafkaProtocol = KafkaProtocol.PLAINTEXT
    mechanism: SaslMechanism = SaslMechanism.PLAIN
    username: str = ""
    password: str = field(default="", repr=False)
    tls: ssl.SSLContext | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Reads the files that the settings name; raises KafkaRefusalError where they cannot be used."""
        protocol = settings.kafka_security_protocol
        return cls(
            brokers=settings.kafka_brokers,
            protocol=protocol,
            mechanism=settings.kafka_sasl_mechanism,
            username=settings.kafka_username,
            password=settings.kafka_password.get_secret_value(),
            tls=_tls(settings) if protocol.encrypted else None,
        )

    @property
    def options(self) -> dict[str, Any]:
        """The arguments that all of aiokafka's clients have in common."""
        return {"bootstrap_servers": self.brokers, **self.security}

    @property
    def security(self) -> dict[str, Any]:
        """Those of them that a single connection has, too."""
        login = {
            "sasl_mechanism": str(self.mechanism),
            "sasl_plain_username": self.username,
            "sasl_plain_password": self.password,
        }
        return {
            "security_protocol": str(self.protocol),
            "ssl_context": self.tls,
            **(login if self.protocol.authenticated else {}),
        }


def _tls(settings: Settings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.kafka_ca_file or None)
        if settings.kafka_cert_file:
            # Without a password OpenSSL would ask for that of an encrypted key at the terminal.
            context.load_cert_chain(settings.kafka_cert_file, settings.kafka_key_file or None, password="")
    except (OSError, ValueError) as error:
        files = filter(None, (settings.kafka_ca_file, settings.kafka_cert_file, settings.kafka_key_file))
        raise KafkaRefusalError(
            "ORDERFLOW_KAFKA_CA_FILE, _CERT_FILE or _KEY_FILE names what cannot be used "
            f"({', '.join(files)}; the key may not be encrypted): {error}"
        ) from error
    return context
