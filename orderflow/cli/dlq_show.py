"""`orderflow dlq show`: one dead letter, whole."""

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orderflow.cli.deployment import deployed_settings
from orderflow.cli.dlq_options import LETTER
from orderflow.cli.plain_text import plain
from orderflow.cli.running import run
from orderflow.processing.dead_letter_desk import UnknownLetterError
from orderflow.settings import Settings
from orderflow.streaming.desk_opening import open_desk
from orderflow.wire.letter_json import encode_letter_whole
from orderflow.wire.letters import DeadLetter, LetterId


@click.command(epilog="Example: orderflow dlq show 3-17")
@click.argument("letter_id", metavar="ID", type=LETTER)
@click.option("--json", "as_json", is_flag=True, help="Print the JSON that GET /admin/dead-letters/{id} answers with.")
def show(letter_id: LetterId, *, as_json: bool) -> None:
    """Show the dead letter ID: why it failed, its record's headers and its value.

    Bytes that are no text show as escapes; with --json they come in base64. The exit code is 1 where there is none.
    """
    letter = run(_found(deployed_settings(), letter_id))
    if as_json:
        click.echo(encode_letter_whole(letter))
        return
    console = Console()
    console.print(_fields(letter))
    console.print(plain(_text(letter.record.value)), markup=False, highlight=False, soft_wrap=True)


async def _found(settings: Settings, letter_id: LetterId) -> DeadLetter:
    async with open_desk(settings) as desk:
        try:
            return await desk.letter(letter_id)
        except UnknownLetterError as error:
            raise click.ClickException(str(error)) from error


def _fields(letter: DeadLetter) -> Table:
    origin = letter.origin
    shown = {
        "letter": str(letter.id),
        "set aside": letter.at.isoformat() if letter.at else "?",
        "from": f"{origin.topic} {origin.partition}-{origin.offset}" if origin else "?",
        "by": letter.group or "?",
        "stage": letter.stage or "?",
        "replays": str(letter.replays),
        "error": letter.error_class or "?",
        "reason": letter.error_message or "?",
        "key": "(none)" if letter.key is None else letter.key,
        **{f"header {name}": _text(value) for name, value in letter.headers},
    }
    table = Table(box=None, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in shown.items():
        table.add_row(escape(plain(name)), escape(plain(value)))
    return table


def _text(value: bytes | None) -> str:
    return "(none)" if value is None else value.decode(errors="backslashreplace")
