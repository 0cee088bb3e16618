"""How a server is launched, awaited and ended, with small scripts in the place of servers."""

import asyncio
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from orderflow.local import server as server_module
from orderflow.local.errors import ServerDidNotStart
from orderflow.local.processes import birth
from orderflow.local.server import Server
from tests.eventually import eventually

LISTEN = "import socket, sys; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); s.accept(); s.accept()"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {LISTEN}"
SILENT = "import signal; print('cannot find my files', flush=True); signal.pause()"
BROKEN = "import sys; sys.exit('no space left')"
STARTER = """
import sys
from pathlib import Path
from tests.integration.test_local_processes import LISTEN, Script, Server
server = Server(Script(LISTEN), Path(sys.argv[1]))
server.start()
print(server.process.pid, flush=True)
input()
"""


@dataclass(frozen=True)
class Script:
    """A Python one-liner as a server: it is ready when it accepts a connection."""

    code: str
    name: str = "script"
    title: str = "Script"

    def command(self, _home: Path, port: int, /) -> list[str]:
        return [sys.executable, "-c", self.code, str(port)]

    def answers(self, port: int, /) -> bool:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True

    def environment(self, port: int, /) -> dict[str, str]:
        return {"SCRIPT": str(port)}


def test_a_server_runs_in_a_group_of_its_own_until_it_is_stopped(tmp_path: Path) -> None:
    with Server(Script(LISTEN), tmp_path) as server:
        process = server.process
        assert process.alive()
        assert os.getpgid(process.pid) == process.pid
        assert server.environment == {"SCRIPT": str(server.port)}
    assert not process.alive()


def test_a_killed_server_starts_again_on_its_port(tmp_path: Path) -> None:
    with Server(Script(LISTEN), tmp_path) as server:
        before = server.process
        server.kill()
        assert not before.alive()
        server.start()
        assert server.process != before


def test_a_server_that_ignores_the_request_to_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orderflow.local.processes.GRACE", 0.1)
    with Server(Script(STUBBORN), tmp_path) as server:
        process = server.process
    assert not process.alive()


def test_a_server_that_dies_at_once_says_why(tmp_path: Path) -> None:
    with pytest.raises(ServerDidNotStart, match=r"Script did not start on 127.0.0.1:\d+: .*code 1(?s:.)*no space left"):
        Server(Script(BROKEN), tmp_path).start()


def test_a_server_that_never_answers_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "PATIENCE", 0.5)
    server = Server(Script(SILENT), tmp_path)
    with pytest.raises(ServerDidNotStart, match=r"did not answer within(?s:.)*cannot find my files"):
        server.start()
    assert not server.process.alive()


def test_only_the_last_start_is_quoted(tmp_path: Path) -> None:
    for code in ("print('first')", BROKEN):
        with pytest.raises(ServerDidNotStart) as failure:
            Server(Script(code), tmp_path).start()
    assert "first" not in str(failure.value)


async def test_a_tethered_server_dies_with_a_starter_that_is_killed(tmp_path: Path) -> None:
    starter = await asyncio.create_subprocess_exec(
        sys.executable, "-c", STARTER, str(tmp_path), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert starter.stdout
    pid = int(await starter.stdout.readline())
    assert birth(pid)
    starter.kill()
    await starter.wait()
    await eventually(lambda: birth(pid) is None)
