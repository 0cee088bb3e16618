"""Settings: ORDERFLOW_* variables and .env become one typed object; every default works on a laptop."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

OPS_PORT = 8081
"""Where a worker looks for a free port first."""
INSIGHTS_PORT = 8082
"""Where an insights role does."""


class KafkaProtocol(StrEnum):
    """How clients speak to Kafka, in Kafka's own words."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"

    @property
    def encrypted(self) -> bool:
        return self.value.endswith("SSL")

    @property
    def authenticated(self) -> bool:
        """With user and password."""
        return self.value.startswith("SASL")


class SaslMechanism(StrEnum):
    """How user and password are shown."""

    PLAIN = "PLAIN"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_512 = "SCRAM-SHA-512"


class Settings(BaseSettings):
    """What an operator may set, one field per ORDERFLOW_* variable.

    Times are seconds and sizes bytes unless the name says otherwise. URLs may carry passwords, so they are secrets.
    """

    model_config = SettingsConfigDict(
        env_prefix="ORDERFLOW_", env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    kafka_brokers: str = Field("127.0.0.1:9092", description="comma-separated host:port of the Kafka brokers")
    kafka_security_protocol: KafkaProtocol = Field(
        KafkaProtocol.PLAINTEXT, description="PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"
    )
    kafka_sasl_mechanism: SaslMechanism = Field(
        SaslMechanism.PLAIN, description="PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"
    )
    kafka_username: str = Field("", description="user of SASL_PLAINTEXT and SASL_SSL")
    kafka_password: SecretStr = Field(SecretStr(""), description="that user's password")
    kafka_ca_file: str = Field("", description="PEM file of who signs the brokers' certificates")
    kafka_cert_file: str = Field("", description="PEM file of our own certificate, where brokers ask for one")
    kafka_key_file: str = Field("", description="PEM file of its key, not encrypted, if that is not in the same file")
    mongo_url: SecretStr = Field(SecretStr("mongodb://127.0.0.1:27017"), description="MongoDB connection string")
    mongo_database: str = Field("orderflow", min_length=1, description="MongoDB database")
    redis_url: SecretStr = Field(SecretStr("redis://127.0.0.1:6379/0"), description="Redis connection string")
    redis_prefix: str = Field("", pattern=r"^[^{}]*$", description="put before every Redis key")

    topic_prefix: str = Field("", pattern=r"^[A-Za-z0-9._-]*$", description="put before every topic and group name")
    partitions: int = Field(8, ge=1, le=10_000, description="partitions of every topic")
    replication: int = Field(1, ge=1, description="replication factor of the topics")
    retention_days: int = Field(30, ge=1, description="days that commands and outcomes are kept")
    log_id: str = Field("", description="names the command log when a broker forgets its records but keeps its id")

    lifecycle: str = Field("default", description="default, strict, or the path of a TOML transition table")
    currency: str = Field("USD", pattern="^[A-Z]{3}$", description="currency of an order that names none")

    http_host: str = Field("127.0.0.1", description="address the facade listens on")
    http_port: int = Field(8080, ge=1, le=65_535, description="port the facade listens on")
    http_wait_seconds: float = Field(2.0, ge=0, le=30, description="how long a write waits for its outcome")
    http_connections: int = Field(10_000, ge=1, description="most connections of the facade at once")
    cors_origins: str = Field(
        "",
        pattern=r"^(\*|https?://[^/,\s*]+(,https?://[^/,\s*]+)*)?$",
        description="comma-separated origins whose pages may call the facade, or *",
    )

    auth: Literal["off", "on"] = Field("off", description="whether the facade asks who asks; off on loopback only")
    insecure: bool = Field(
        default=False, description="1 lets anybody in from anywhere with auth off, and fetches key sets without TLS"
    )
    api_key: SecretStr = Field(
        SecretStr(""), description="a key with every scope, 32 characters or more, beside those of `orderflow keys`"
    )
    jwt_secret: SecretStr = Field(SecretStr(""), description="verifies HS256 tokens; 32 bytes or more")
    jwt_public_key: str = Field("", description="path of a PEM file that verifies RS256 or ES256 tokens")
    jwt_jwks: str = Field("", description="path or URL of a key set that verifies RS256 and ES256 tokens")
    jwt_audience: str = Field("", description="whom tokens have to be for")
    jwt_issuer: str = Field("", description="whom tokens have to be from")
    jwt_scope_claim: str = Field("scope", min_length=1, description="claim with a token's scopes")
    jwt_client_claim: str = Field(
        "client_id", min_length=1, description="claim that binds a token to a client's orders, where it has one"
    )
    rate_limit: float = Field(0.0, ge=0, le=1e6, description="requests a second of one principal; 0: no limit")
    rate_burst: int = Field(20, ge=1, le=10**6, description="how many of them at once")
    auth_failure_limit: float = Field(
        5.0, ge=0, le=1e6, description="refused credentials a second of one address, 20 at once; 0: no limit"
    )

    streams: int = Field(500, ge=0, description="most live streams that a facade has open")
    streams_per_principal: int = Field(50, ge=1, description="most of them for one principal that said who it is")
    stream_seconds: float = Field(600.0, gt=0, description="after so long a stream ends; its client comes back")
    stream_heartbeat_seconds: float = Field(15.0, gt=0, description="after so long without an event a stream says so")
    stream_buffer_bytes: int = Field(
        8 * 2**20, ge=0, description="size of the newest events that a facade keeps for streams"
    )
    ops_port: int | None = Field(
        None,
        ge=1,
        le=65_535,
        description="port of /livez and /readyz of worker and insights (8081 and 8082, else the next free)",
    )

    batch_size: int = Field(500, ge=1, le=10_000, description="most commands in one batch")
    batch_wait: float = Field(0.0, ge=0, le=1, description="how long a batch waits for more commands")
    hot_order_bytes: int = Field(16 * 2**20, ge=0, description="stored size of the orders a worker keeps in memory")
    session_seconds: float = Field(
        6.0, ge=1, le=30, description="after so long without a sign of life a worker is replaced"
    )
    instance_id: str = Field("", description="lasting name of a worker that shall keep its partitions over a restart")
    stall_seconds: float = Field(
        60.0, gt=0, description="after so long without progress, though records wait and servers answer, /livez fails"
    )
    drain_seconds: float = Field(10.0, ge=0, description="how long a stopping worker may finish its batch")

    log_format: Literal["", "console", "json"] = Field(
        "", description="console or json; by default console on a terminal, else json"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="least level of our log lines: debug, info, warning or error"
    )
    stuck_after: str = Field(
        "created=2h,confirmed=4h,assigned=4h,picked_up=12h,in_transit=3d,out_for_delivery=12h,attempt_failed=1d,"
        "returning=7d",
        description="state=age, separated by commas: an order that is in a state for longer is stuck",
    )
    expire_created_after: str = Field(
        "", description="after so long (30m, 2h, 7d) an order that is still created is cancelled; empty: never"
    )

    data_dir: Path = Field(Path(".orderflow"), description="where the embedded servers keep their data")

    def named(self, name: str) -> str:
        """What the topic or group is called in this deployment."""
        return f"{self.topic_prefix}{name}"

    def secrets(self) -> Iterator[str]:
        """What must stand in no log: of a URL the password, as it is written and as it is meant."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretStr):
                secret = value.get_secret_value()
                secret = _password(secret) if name.endswith("_url") else secret
                yield from (secret, unquote(secret))

    @model_validator(mode="after")
    def _login_is_whole(self) -> Self:
        if self.kafka_security_protocol.authenticated and not (
            self.kafka_username and self.kafka_password.get_secret_value()
        ):
            raise ValueError(
                f"ORDERFLOW_KAFKA_SECURITY_PROTOCOL={self.kafka_security_protocol} "
                "needs ORDERFLOW_KAFKA_USERNAME and ORDERFLOW_KAFKA_PASSWORD"
            )
        return self


def _password(url: str) -> str:
    """All of a URL that cannot be taken apart."""
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return url
