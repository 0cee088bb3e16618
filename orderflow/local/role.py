"""A role of orderflow as a child process: it logs into a file and dies with the process that started it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Any, Self

from orderflow.health import open_directly
from orderflow.local import tether
from orderflow.local.processes import Process, end

_LAST_LINES = 12


class Role:
    """`orderflow NAME` with its `/readyz` under `url`; a context manager that ends it in peace, or else kills it.

    `command` runs something else in its place.
    """

    def __init__(
        self, name: str, environment: Mapping[str, str], logs: Path, url: str, command: Sequence[str] = ()
    ) -> None:
        self.name = name
        self.url = url
        self.log = logs / f"{name}.log"
        self._environment = dict(environment)
        self._command = command or _orderflow(name)

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self) -> Self:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, tether.__file__, str(os.getpid()), *self._command]
        with self.log.open("wb") as log:
            self._child = subprocess.Popen(
                command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._process = Process.of(self._child.pid)
        return self

    def __exit__(self, *_: object) -> None:
        end([self._process])
        self._child.wait()

    def ended(self) -> bool:
        return self._child.poll() is not None

    def ready(self) -> bool:
        return bool(self.status())

    def status(self) -> dict[str, Any]:
        """What `/readyz` says; empty while the role is not ready."""
        try:
            with open_directly(f"{self.url}/readyz", timeout=2) as answer:
                said: dict[str, Any] = json.load(answer)
                return said
        except (OSError, HTTPException):
            return {}

    def signal(self, number: signal.Signals) -> None:
        self._process.signal(number)

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-_LAST_LINES:])


def _orderflow(command: str) -> list[str]:
    return [sys.executable, "-c", "from orderflow.cli import main; main(prog_name='orderflow')", command]
