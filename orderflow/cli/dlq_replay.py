"""`orderflow dlq replay`: dead letters back onto the command topic."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Unpack

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from orderflow.cli.deployment import deployed_settings
from orderflow.cli.dlq_options import Filters, filters, letter_ids, require_choice
from orderflow.cli.running import run
from orderflow.processing.dead_letter_desk import UnknownLetterError
from orderflow.processing.replay import Listener, Replay
from orderflow.processing.replay_plan import MAX_REPLAYS
from orderflow.processing.selection import Selection
from orderflow.settings import Settings
from orderflow.streaming.desk_opening import open_desk
from orderflow.wire.letters import LetterId


@click.command(epilog="Example: orderflow dlq replay --stage apply --since 2h")
@letter_ids
@filters
@click.option("--all", "everything", is_flag=True, help="Replay every letter.")
@click.option("--force", is_flag=True, help=f"Also letters that were replayed {MAX_REPLAYS} times already.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
def replay(
    ids: tuple[LetterId, ...], *, everything: bool, force: bool, dry_run: bool, **filters: Unpack[Filters]
) -> None:
    """Put letters back onto the command topic: those named by ID, those that all filters match, or --all.

    Each keeps its key, value and headers, and x-dlq-replays rises by one; letters of one key keep their order. A
    letter stays on the dead letter topic. If its record fails again it comes back as a new letter, which stands for
    the old one from then on.

    It waits until Kafka has the records, not until a worker has handled them: outcomes appear on order_outcomes.
    A command that its order remembers is known by its id and takes effect once, however often it is replayed; one that
    no order remembers (rejected before the order existed, or long ago) is decided afresh, and may then be applied.

    The exit code is 1 when a letter could not be put back. The last line says: replayed 12, skipped 1 (replayed 3
    times already), failed 0
    """
    require_choice(ids, filters, everything=everything)
    selection = Selection(ids=frozenset(ids), **filters)
    done = run(_replay(deployed_settings(), selection, force=force, dry_run=dry_run))
    for letter_id, reason in done.failures:
        click.echo(f"{letter_id} is not replayed: {reason}", err=True)
    if done.replaced:
        click.echo(f"{done.replaced} left alone: a later letter of the same record stands for each", err=True)
    click.echo(_summary(done, dry_run=dry_run))
    if done.failed:
        sys.exit(1)


async def _replay(settings: Settings, selection: Selection, *, force: bool, dry_run: bool) -> Replay:
    async with open_desk(settings) as desk:
        with _bar() as tell:
            try:
                return await desk.replay(selection, force=force, dry_run=dry_run, tell=tell)
            except UnknownLetterError as error:
                raise click.ClickException(str(error)) from error


@contextmanager
def _bar() -> Iterator[Listener]:
    """Only on a terminal; it runs to and fro while letters are still looked for."""
    console = Console(stderr=True)
    columns = (TextColumn("replaying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=None)
        yield lambda replay: progress.update(task, total=replay.planned, completed=replay.replayed)


def _summary(done: Replay, *, dry_run: bool) -> str:
    count = f"would replay {done.planned}" if dry_run else f"replayed {done.replayed}"
    return f"{count}, skipped {done.skipped} (replayed {MAX_REPLAYS} times already), failed {done.failed}"
