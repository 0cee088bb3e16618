"""Which servers a command works with."""

from pathlib import Path

import click
import pytest

from orderflow.cli import deployment
from orderflow.cli.deployment import deployed_settings
from orderflow.settings import Settings

RUNNING = {
    "ORDERFLOW_KAFKA_BROKERS": "127.0.0.1:1",
    "ORDERFLOW_LOG_ID": "this start",
    "ORDERFLOW_MONGO_URL": "mongodb://127.0.0.1:2",
    "ORDERFLOW_REDIS_URL": "redis://127.0.0.1:3/0",
}


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ORDERFLOW_{name.upper()}", raising=False)


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment, "running_environment", lambda _: RUNNING)


def test_without_servers_and_settings_it_is_the_defaults() -> None:
    assert deployed_settings() == Settings()


@pytest.mark.usefixtures("stack")
def test_a_running_stack_is_used_where_no_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERFLOW_TOPIC_PREFIX", "mine-")
    settings = deployed_settings()
    assert (settings.kafka_brokers, settings.log_id, settings.topic_prefix) == ("127.0.0.1:1", "this start", "mine-")
    assert settings.mongo_url.get_secret_value() == "mongodb://127.0.0.1:2"
    assert settings.redis_url.get_secret_value() == "redis://127.0.0.1:3/0"


@pytest.mark.usefixtures("stack")
def test_a_server_named_in_the_environment_counts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERFLOW_KAFKA_BROKERS", "kafka:9092")
    settings = deployed_settings()
    assert (settings.kafka_brokers, settings.log_id) == ("kafka:9092", "")
    assert settings.mongo_url == Settings.model_fields["mongo_url"].default


@pytest.mark.usefixtures("stack")
def test_a_server_named_in_dotenv_counts_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ORDERFLOW_REDIS_URL=redis://cache/1\n")
    settings = deployed_settings()
    assert settings.redis_url.get_secret_value() == "redis://cache/1"
    assert settings.kafka_brokers == Settings.model_fields["kafka_brokers"].default


def test_every_bad_variable_is_named_and_no_value_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERFLOW_HTTP_PORT", "hunter2")
    monkeypatch.setenv("ORDERFLOW_PARTITIONS", "0")
    with pytest.raises(click.ClickException) as raised:
        deployed_settings()
    lines = raised.value.message.splitlines()
    assert [line.split(":")[0] for line in lines] == ["bad settings", "ORDERFLOW_PARTITIONS", "ORDERFLOW_HTTP_PORT"]
    assert "hunter2" not in raised.value.message
