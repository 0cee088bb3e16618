"""`orderflow stack` as a person types it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orderflow.local.state import running_servers

Orderflow = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def orderflow(tmp_path: Path) -> Iterator[Orderflow]:
    environment = os.environ | {"ORDERFLOW_DATA_DIR": str(tmp_path)}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from orderflow.cli import main; main()", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603

    yield run
    run("stack", "down")


def test_servers_stay_in_the_background_until_they_are_stopped(orderflow: Orderflow, tmp_path: Path) -> None:
    up = orderflow("stack", "up")
    servers = running_servers(tmp_path)
    assert up.returncode == 0
    assert up.stdout.splitlines() == [f"{server.title}: {server.address}" for server in servers]
    settings = dict(line.split("=", 1) for line in orderflow("stack", "env").stdout.splitlines())
    assert settings == {key: value for server in servers for key, value in server.environment.items()}
    status = orderflow("stack", "status").stdout
    assert all(server.address in status for server in servers)
    assert orderflow("stack", "down").returncode == 0
    assert not any(server.process.alive() for server in servers)


def test_without_servers_there_is_no_environment(orderflow: Orderflow) -> None:
    env = orderflow("stack", "env")
    assert (env.returncode, env.stdout) == (1, "")
    assert "`orderflow stack up` starts them" in env.stderr


@pytest.mark.parametrize("command", ["up", "down", "status", "env"])
def test_every_command_explains_itself_with_an_example(orderflow: Orderflow, command: str) -> None:
    assert "Example: " in orderflow("stack", command, "--help").stdout
