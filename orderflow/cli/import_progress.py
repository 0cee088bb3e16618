"""What an import has done so far, and how that is shown."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from orderflow.cli.command_lines import BadLine
from orderflow.cli.order_command import reason_of
from orderflow.domain.outcome import Outcome, Status
from orderflow.streaming.command_exchange import Outgoing

SHOWN = 20
"""Rejected orders, and bad lines, that are named one by one."""
_BAR_SECONDS, _LINE_SECONDS = 0.2, 5.0


class Tally:
    """Counts of an import; `say` tells a person what went wrong."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.applied = 0
        self.unchanged = 0
        self.rejected = 0
        self.bad = 0
        self._say = say
        self._began = self._heard = time.monotonic()

    def begin(self) -> None:
        """From now on time counts."""
        self._began = self._heard = time.monotonic()

    @property
    def answered(self) -> int:
        return self.applied + self.unchanged + self.rejected

    @property
    def clean(self) -> bool:
        return not self.bad and not self.rejected

    def answer(self, command: Outgoing, outcome: Outcome) -> None:
        """A repeated outcome is of an order that was there already."""
        self._heard = time.monotonic()
        if outcome.error:
            self.rejected += 1
            self._name(self.rejected, f"line {command.line}: rejected: {reason_of(outcome.error)}", "rejected order")
        elif outcome.status is Status.APPLIED and not outcome.replayed:
            self.applied += 1
        else:
            self.unchanged += 1

    def refuse(self, line: BadLine) -> None:
        self.bad += 1
        self._name(self.bad, str(line), "bad line")

    def summary(self) -> str:
        rate = self.answered / max(self._heard - self._began, 0.001)
        return f"applied {self.applied}, unchanged {self.unchanged}, rejected {self.rejected}, {rate:.0f} orders/s"

    def _name(self, count: int, what: str, kind: str) -> None:
        if count <= SHOWN:
            self._say(what)
        elif count == SHOWN + 1:
            self._say(f"no further {kind} is named")


@asynccontextmanager
async def shown(tally: Tally, position: Callable[[], int], size: int, console: Console) -> AsyncIterator[None]:
    """A bar on a terminal, elsewhere a plain line now and then."""
    showing = asyncio.create_task(_bar(tally, position, size, console) if console.is_terminal else _lines(tally))
    try:
        yield
    finally:
        showing.cancel()
        await asyncio.wait([showing])


async def _bar(tally: Tally, position: Callable[[], int], size: int, console: Console) -> None:
    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[said]}"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=size or None, said="")
        while True:
            progress.update(task, completed=position(), said=tally.summary())
            await asyncio.sleep(_BAR_SECONDS)


async def _lines(tally: Tally) -> None:
    while True:
        await asyncio.sleep(_LINE_SECONDS)
        click.echo(f"so far: {tally.summary()}", err=True)
