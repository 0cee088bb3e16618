"""`python -m tests.chaos`: what `make chaos` runs."""

import asyncio
import logging
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from tests.chaos.report import tables
from tests.chaos.run import CLEAN, Plan, Run, run
from tests.chaos.site import site

FULL_MINUTES = 3
OVERHEAD_SECONDS = 30.0
"""What starting and checking takes of a run."""


@click.command(epilog="Example: make chaos SEED=7 MINUTES=30")
@click.option("--seed", type=int, default=1, show_default=True, help="Fixes load and order of the faults.")
@click.option("--minutes", type=click.FloatRange(min=1), default=3.0, show_default=True, help="How long it takes.")
def chaos(seed: int, minutes: float) -> None:
    """Break everything under load, then check that nothing was lost and nothing doubled.

    Three workers, two facades and two insights on servers of their own in a temporary directory, which stays when
    something is wrong.
    """
    # A broker that is away makes it speak ten times a second.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL + 1)
    with kept_unless_clean("chaos") as folder:
        plan = Plan(seed=seed, seconds=minutes * 60 - OVERHEAD_SECONDS)
        result = asyncio.run(_run(plan, folder.path, Timed(Console(stderr=True, highlight=False))))
        Console().print(tables(result))
        shortfalls = list(result.shortfalls()) if minutes >= FULL_MINUTES else []
        for shortfall in shortfalls:
            click.echo(shortfall)
        click.echo(result.reckoning.summary)
        folder.clean = result.reckoning.summary == CLEAN and not shortfalls
    sys.exit(0 if folder.clean else 1)


@dataclass(slots=True)
class Folder:
    """Logs and data of a run."""

    path: Path
    clean: bool = False


@contextmanager
def kept_unless_clean(name: str) -> Iterator[Folder]:
    folder = Folder(Path(tempfile.mkdtemp(prefix=f"orderflow-{name}-")))
    try:
        yield folder
    finally:
        if folder.clean:
            shutil.rmtree(folder.path)
        else:
            click.echo(f"logs and data: {folder.path}", err=True)


class Timed:
    """Says things with the seconds since the beginning."""

    def __init__(self, console: Console) -> None:
        self._console, self._begun = console, time.monotonic()

    def __call__(self, what: str) -> None:
        self._console.print(f"{time.monotonic() - self._begun:5.0f} s  {what}")


async def _run(plan: Plan, home: Path, say: Timed) -> Run:
    async with site(home, say) as grounds:
        say("three workers, two facades and two insights are ready")
        result = await run(plan, grounds, say)
        say("verified")
        return result


if __name__ == "__main__":
    chaos(prog_name="make chaos")
