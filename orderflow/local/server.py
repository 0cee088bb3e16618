"""One server process: launched in a group of its own, awaited until it answers, ended with everything it started."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol, Self

from orderflow.local import tether
from orderflow.local.errors import ServerDidNotStart
from orderflow.local.ports import HOST, free_port
from orderflow.local.processes import Process, end
from orderflow.local.waiting import comes_true

PATIENCE = 60.0  # seconds until a server must answer
LAST_LINES = 12


class Program(Protocol):
    """What differs between servers. Its name is that of its folder and log, its title what people read."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    def command(self, home: Path, port: int, /) -> list[str]:
        """Make what the program needs in its folder and return what runs it in the foreground on that port."""

    def answers(self, port: int, /) -> bool:
        """Whether it is in service; OSError counts as no."""

    def environment(self, port: int, /) -> dict[str, str]:
        """Return the settings that name a server started now."""


class Server:
    """A program on 127.0.0.1 with its data in `<data_dir>/<name>`, usable as a context manager.

    It keeps port and data when started again after `stop()` or `kill()`. Unless `tethered` is false it is killed
    when the starting process, more precisely the thread that called `launch()`, is gone.
    """

    def __init__(self, program: Program, data_dir: Path, *, port: int | None = None, tethered: bool = True) -> None:
        self.program = program
        self.port = port or free_port()
        self.environment: dict[str, str] = {}
        self.log = data_dir.absolute() / "logs" / f"{program.name}.log"
        self._home = data_dir.absolute() / program.name
        self._tethered = tethered
        self._child: subprocess.Popen[bytes] | None = None
        self._process: Process | None = None
        self._log_start = 0

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def process(self) -> Process:
        """The process of the last start, which may have ended."""
        if self._process is None:
            raise ProcessLookupError(f"{self.program.title} was not started")
        return self._process

    def start(self) -> None:
        """Launch it and wait until it answers; ServerDidNotStart when it does not, and nothing is left running."""
        with ExitStack() as undo:
            undo.callback(self.stop)
            self.launch()
            self.wait_until_ready()
            undo.pop_all()

    def launch(self) -> None:
        """Start the process and return at once."""
        for folder in (self._home, self.log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        command = self.program.command(self._home, self.port)
        if self._tethered:
            command = [sys.executable, "-I", "-S", tether.__file__, str(os.getpid()), *command]
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self._child = subprocess.Popen(
                command, cwd=self._home, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        # Identified while the pid cannot belong to anybody else.
        self._process = Process.of(self._child.pid)
        self.environment = self.program.environment(self.port)

    def wait_until_ready(self) -> None:
        """Return when it answers; end it and raise ServerDidNotStart when it died or never does."""
        if not comes_true(lambda: self._ended() or self._answers(), PATIENCE):
            self.kill()
            raise self._failure(f"it did not answer within {PATIENCE:.0f} s")
        if self._ended():
            raise self._failure(f"it ended with code {self._child and self._child.returncode}")

    def stop(self) -> None:
        """End it properly, with force if it takes too long; nothing when it does not run."""
        if self._child is not None:
            if self._child.poll() is None:
                end([self.process])
            self._child.wait()

    def kill(self) -> None:
        """End it the way a crash does."""
        self.process.signal(signal.SIGKILL)
        self.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _ended(self) -> bool:
        return self._child is None or self._child.poll() is not None

    def _answers(self) -> bool:
        try:
            return self.program.answers(self.port)
        except OSError:
            return False

    def _failure(self, why: str) -> ServerDidNotStart:
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            lines = log.read().decode(errors="replace").splitlines()[-LAST_LINES:]
        return ServerDidNotStart(
            f"{self.program.title} did not start on {self.address}: {why}; see {self.log}, then try again"
            + "".join(f"\n    {line}" for line in lines)
        )
