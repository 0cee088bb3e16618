"""What a client shows the servers, from the settings to the drivers; secrets are shown to nobody else."""

import re
from itertools import product
from pathlib import Path
from urllib.parse import quote

import click
import pytest
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth
from pydantic import SecretStr

from orderflow.adapters.kafka_access import KafkaAccess, KafkaRefusalError
from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.adapters.redis_connection import RedisConnection
from orderflow.adapters.server_urls import UnusableUrlError
from orderflow.cli.deployment import deployed_settings
from orderflow.settings import KafkaProtocol, SaslMechanism, Settings
from orderflow.streaming.app import OrderflowApp
from tests.certificates import Certificates

ROOT = Path(__file__).parents[2]
LOGIN = {"kafka_username": "alice", "kafka_password": SecretStr("s3cret")}


@pytest.mark.parametrize(("protocol", "mechanism"), [*product(KafkaProtocol, SaslMechanism)])
def test_fausts_consumer_shows_what_our_own_clients_show(protocol: KafkaProtocol, mechanism: SaslMechanism) -> None:
    settings = Settings(kafka_security_protocol=protocol, kafka_sasl_mechanism=mechanism, **LOGIN)
    conf = OrderflowApp(settings, role="test").conf
    faust = credentials_to_aiokafka_auth(conf.broker_credentials, conf.ssl_context)
    ours = KafkaAccess.of(settings).security
    assert {name: value for name, value in faust.items() if name != "ssl_context"} == {
        name: value for name, value in ours.items() if name != "ssl_context"
    }
    assert bool(faust.get("ssl_context")) == bool(ours["ssl_context"]) == protocol.encrypted


def test_no_client_of_kafka_is_made_past_its_access() -> None:
    files = [file for folder in ("orderflow", "agents", "web", "tables") for file in (ROOT / folder).rglob("*.py")]
    assert [file.name for file in files if "bootstrap_servers" in file.read_text()] == ["kafka_access.py"]


def test_the_password_is_shown_by_no_text_of_its_holders() -> None:
    settings = Settings(kafka_security_protocol=KafkaProtocol.SASL_PLAINTEXT, **LOGIN)
    app = OrderflowApp(settings, role="test")
    held = (settings, KafkaAccess.of(settings), app.conf.broker_credentials)
    assert not [each for each in held if "s3cret" in f"{each!r} {each}"]


def test_our_certificate_and_its_authority_are_read(tmp_path: Path) -> None:
    made = Certificates.made_in(tmp_path)
    settings = Settings(
        kafka_security_protocol=KafkaProtocol.SSL, kafka_ca_file=str(made.ca), kafka_cert_file=str(made.client)
    )
    tls = KafkaAccess.of(settings).tls
    assert tls
    assert tls.cert_store_stats()["x509_ca"] == 1
    assert tls.check_hostname


@pytest.mark.parametrize("file", ["kafka_ca_file", "kafka_cert_file"])
def test_a_file_that_cannot_be_used_is_named(file: str, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.pem")
    settings = Settings(kafka_security_protocol=KafkaProtocol.SSL).model_copy(update={file: missing})
    with pytest.raises(KafkaRefusalError, match=rf"ORDERFLOW_KAFKA_CA_FILE.*{re.escape(missing)}"):
        KafkaAccess.of(settings)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_PASSWORD": "s3cret"}, "KAFKA_SECURITY_PROTOCOL.*_USERNAME"),
        ({"KAFKA_SECURITY_PROTOCOL": "TLS"}, "KAFKA_SECURITY_PROTOCOL: .*'SASL_SSL'"),
        ({"KAFKA_SECURITY_PROTOCOL": "SSL", "KAFKA_CA_FILE": "/missing.pem"}, "KAFKA_CA_FILE.*/missing.pem"),
        ({"MONGO_URL": "mongodb://alice:s3cret/x@host"}, "MONGO_URL: it cannot be read.*%2F"),
        ({"MONGO_URL": "mongodb://host/?tls=true&tlsCAFile=/missing.pem"}, "MONGO_URL: a file .*/missing.pem"),
        ({"MONGO_URL": "mongodb://alice:s3cret@host/?tls=yes"}, "MONGO_URL: it cannot be read"),
        ({"REDIS_URL": "rediss://alice:s3cret/x@host/0"}, "REDIS_URL: it cannot be read.*%2F"),
        ({"REDIS_URL": "rediss://host/0?ssl_ca_certs=/missing.pem"}, "REDIS_URL: a file .*No such file"),
        ({"REDIS_URL": "rediss://alice:s3cret@host/0?tls_ca=x"}, "REDIS_URL: it cannot be read"),
    ],
)
def test_what_cannot_be_used_is_refused_at_once_and_shows_no_secret(
    changed: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in changed.items():
        monkeypatch.setenv(f"ORDERFLOW_{name}", value)
    with pytest.raises(click.ClickException, match=f"ORDERFLOW_{said}") as refused:
        deployed_settings()
    assert "s3cret" not in refused.value.message


@pytest.mark.parametrize("password", ["p/a:s@s%#?&=+ ü", "%41", "'\"\\"])
def test_a_password_with_special_characters_reaches_the_drivers(password: str) -> None:
    login = f"alice:{quote(password, safe='')}"
    mongo = MongoConnection(SecretStr(f"mongodb://{login}@host"), "x").orders.database.client
    assert mongo.delegate.options.pool_options._credentials.password == password  # noqa: SLF001
    redis = RedisConnection(SecretStr(f"rediss://{login}@host/0"))
    assert redis._server.connection_pool.connection_kwargs["password"] == password  # noqa: SLF001
    with pytest.raises(UnusableUrlError):
        RedisConnection(SecretStr(f"alice:{password}"))
