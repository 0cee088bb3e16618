"""The embedded stack: found by others, started once, on the loopback interface only, and gone when it should be."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from orderflow.local.processes import Process
from orderflow.local.stack import Stack, running_environment, stop_servers
from orderflow.local.state import running_servers

LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F"}  # as Linux writes 127.0.0.1 for IPv4 and IPv6 sockets
LISTENING = "0A"
STARTER = """
import sys
from pathlib import Path
from orderflow.local.stack import Stack
with Stack(Path(sys.argv[1]), tethered=sys.argv[2] == "tethered"):
    print("ready", flush=True)
    input()
"""


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stack")


@pytest.fixture(scope="module")
def stack(data_dir: Path) -> Iterator[Stack]:
    with Stack(data_dir) as running:
        yield running


def test_the_environment_names_three_servers_while_they_run(stack: Stack, data_dir: Path) -> None:
    expected = {"ORDERFLOW_KAFKA_BROKERS", "ORDERFLOW_MONGO_URL", "ORDERFLOW_REDIS_URL"}
    assert expected <= stack.environment().keys()
    assert running_environment(data_dir) == stack.environment()


def test_every_server_listens_on_the_loopback_interface_only(stack: Stack) -> None:
    for server in stack.servers:
        addresses = listening_addresses(server.process.pid)
        assert addresses, server.title
        assert addresses <= LOOPBACK, server.title


def test_a_second_stack_uses_the_running_one_and_leaves_it(stack: Stack, data_dir: Path) -> None:
    said: list[str] = []
    with Stack(data_dir, say=said.append) as second:
        assert second.servers == stack.servers
    assert [line.startswith("using the running ") for line in said] == [True] * 3
    assert running_environment(data_dir) == stack.environment()


def test_two_starters_at_once_get_one_stack(tmp_path: Path) -> None:
    with ExitStack() as starters:
        both = [starters.enter_context(starter(tmp_path)) for _ in range(2)]
        for one in both:
            wait_until_ready(one)
        servers = running_servers(tmp_path)
        assert len(servers) == 3
        for one in both:
            one.communicate("\n")
    assert not any(server.process.alive() for server in servers)


def test_a_server_that_was_killed_comes_back_where_it_was(tmp_path: Path) -> None:
    with Stack(tmp_path) as first:
        killed = first.servers[0]
        killed.process.signal(signal.SIGKILL)
        assert killed.process.gone_within(5)
        assert running_environment(tmp_path) is None
        with Stack(tmp_path) as second:
            assert second.environment() == first.environment()


def test_a_killed_starter_takes_its_servers_along(tmp_path: Path) -> None:
    assert all(process.gone_within(5) for process in left_by_a_killed_starter(tmp_path, "tethered"))


def test_servers_that_are_to_stay_do_until_they_are_stopped(tmp_path: Path) -> None:
    staying = left_by_a_killed_starter(tmp_path, "untethered")
    assert all(process.alive() for process in staying)
    assert [server.process for server in stop_servers(tmp_path)] == staying
    assert not any(process.alive() for process in staying)
    assert running_environment(tmp_path) is None


def left_by_a_killed_starter(data_dir: Path, kind: str) -> list[Process]:
    with starter(data_dir, kind) as process:
        wait_until_ready(process)
        servers = running_servers(data_dir)
        process.kill()
    assert len(servers) == 3
    return [server.process for server in servers]


def starter(data_dir: Path, kind: str = "tethered") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", STARTER, str(data_dir), kind]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  ourselves


def wait_until_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    assert process.stdout.readline() == "ready\n"


def listening_addresses(pid: int) -> set[str]:
    """The addresses of a process's listening TCP sockets, from proc_net(5)."""
    inodes = {link.readlink().name for link in Path(f"/proc/{pid}/fd").iterdir()}
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
    ]
    return {row[1].split(":")[0] for row in rows if row[3] == LISTENING and f"socket:[{row[9]}]" in inodes}
