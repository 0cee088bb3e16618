"""`orderflow dlq list`: dead letters in a table, or as JSON Lines."""

from contextlib import aclosing
from typing import Unpack

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orderflow.cli.deployment import deployed_settings
from orderflow.cli.dlq_options import Filters, filters
from orderflow.cli.plain_text import plain
from orderflow.cli.running import run
from orderflow.processing.selection import Selection
from orderflow.settings import Settings
from orderflow.streaming.desk_opening import open_desk
from orderflow.wire.letter_json import encode_letter
from orderflow.wire.letters import DeadLetter

_SHORT = 80
"""Characters of a message that a table shows."""


@click.command("list", epilog="Example: orderflow dlq list --stage decode --since 2h")
@filters
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True, help="Show at most so many.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def list_(limit: int, *, as_json: bool, **filters: Unpack[Filters]) -> None:
    """List dead letters by partition and offset: where and why each failed, and how often it was replayed.

    A letter stays on the topic when it is replayed. One that somebody else wrote there shows "?" for what it does
    not say.
    """
    table = None if as_json else _table()
    complete = run(_list(deployed_settings(), Selection(**filters), limit, table))
    if table:
        Console().print(table)
    if not complete:
        click.echo(f"there are more than {limit}: raise --limit, or filter", err=True)


async def _list(settings: Settings, selection: Selection, limit: int, table: Table | None) -> bool:
    """Whether these were all."""
    shown = 0
    async with open_desk(settings) as desk, aclosing(desk.letters(selection)) as letters:
        async for letter in letters:
            if shown == limit:
                return False
            shown += 1
            if table:
                table.add_row(*(escape(plain(cell)) for cell in _row(letter)))
            else:
                click.echo(encode_letter(letter))
    return True


def _table() -> Table:
    table = Table()
    table.add_column("id", no_wrap=True)
    for name in ("at (UTC)", "stage", "key", "error", "message", "replays", "from"):
        table.add_column(name, overflow="fold")
    return table


def _row(letter: DeadLetter) -> tuple[str, ...]:
    origin = letter.origin
    return (
        str(letter.id),
        letter.at.strftime("%Y-%m-%d %H:%M:%S") if letter.at else "?",
        letter.stage or "?",
        "" if letter.key is None else letter.key,
        letter.error_class or "?",
        _short(letter.error_message),
        str(letter.replays),
        f"{origin.partition}-{origin.offset}" if origin else "?",
    )


def _short(message: str | None) -> str:
    """A traceback's last line says what happened."""
    lines = (message or "?").strip().splitlines() or [""]
    return lines[-1] if len(lines[-1]) <= _SHORT else f"{lines[-1][:_SHORT]}..."
