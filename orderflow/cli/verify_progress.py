"""How far a verification has come, on standard error where that is a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Steps:
    """One line per step, its bar full when the next begins."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("connecting", total=None)

    def step(self, title: str, total: int | None = None) -> None:
        done = self._progress.tasks[-1].completed
        self._progress.update(self._task, total=done or 1, completed=done or 1)
        self._task = self._progress.add_task(title, total=total)

    def advance(self, by: int) -> None:
        self._progress.advance(self._task, by)


@contextmanager
def watched() -> Iterator[Steps]:
    """Gone when it ends."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield Steps(progress)
