"""The steps of a run, one after the other, with a bar that says what is measured and how long it will take."""

from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from benchmarks.bench import Bench, Part


async def run(bench: Bench, parts: Sequence[Part], console: Console) -> None:
    """Every part, the estimate corrected whenever one is done."""
    columns = (TextColumn("{task.description:45}"), BarColumn(), TextColumn("about {task.fields[left]} s left"))
    estimates = [_seconds(bench, part) for part in parts]
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=not console.is_terminal) as progress:
        task = progress.add_task("starting", total=sum(estimates), left=round(sum(estimates)))
        for number, part in enumerate(parts):
            progress.update(task, description=part.name, completed=sum(estimates[:number]))
            await _part(bench, part, estimates[number], progress, task)


def _seconds(bench: Bench, part: Part) -> float:
    return part.seconds * bench.rounds / 3 + part.long_seconds * bench.long


async def _part(bench: Bench, part: Part, seconds: float, progress: Progress, task: TaskID) -> None:
    async with part.open(bench) as steps:
        whole = sum(step.seconds for step in steps)
        for step in steps:
            shown = progress.tasks[0]
            progress.update(task, description=step.what, left=round((shown.total or 0) - shown.completed))
            if not progress.console.is_terminal:
                progress.console.print(step.what)
            await step.do()
            progress.advance(task, seconds * step.seconds / whole)
