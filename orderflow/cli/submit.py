"""`orderflow submit`: raw commands onto Kafka, their outcomes onto the terminal."""

import asyncio
import io
import sys

import click

from orderflow.cli.command_lines import BadLine, read_command
from orderflow.cli.deployment import deployed_settings
from orderflow.cli.in_thread import in_thread
from orderflow.cli.lines import numbered_lines
from orderflow.cli.running import run, timeout_option
from orderflow.domain.outcome import Outcome
from orderflow.settings import Settings
from orderflow.streaming.command_exchange import CommandExchange
from orderflow.streaming.exchange_opening import open_exchange
from orderflow.wire.outcomes import encode_outcome

EXAMPLE = """Example: echo '{"type": "cancel_order", "command_id": "c-1", "order_id": "ord_1",
"reason": "customer changed mind"}' | orderflow submit -"""


@click.command(short_help="Send commands and print their outcomes.", epilog=EXAMPLE)
@click.argument("file", default="-", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@timeout_option
def submit(file: str, timeout: float) -> None:
    """Send commands, one JSON object a line, and print each outcome as a JSON line.

    Commands go to Kafka in the order of FILE (or standard input); outcomes are printed as they arrive, so those of
    different orders may come in another order. The exit code is 0 when every line got an outcome, rejections
    included. A line that names no valid order_id and command_id can have none: it is reported on standard error, the
    others go on, and the exit code is 1.
    """
    clean = run(_submit(deployed_settings(), io.FileIO(0 if file == "-" else file, closefd=file != "-"), timeout))
    if not clean:
        sys.exit(1)


async def _submit(settings: Settings, source: io.FileIO, patience: float) -> bool:
    """Whether every line could be sent."""
    outcomes: asyncio.Queue[Outcome | None] = asyncio.Queue()
    async with open_exchange(settings, lambda _, outcome: outcomes.put_nowait(outcome), patience=patience) as exchange:
        printing = asyncio.create_task(_print(outcomes))
        try:
            clean = await _feed(exchange, source)
            await exchange.drained()
        finally:
            outcomes.put_nowait(None)
            await printing
    return clean


async def _feed(exchange: CommandExchange, source: io.FileIO) -> bool:
    clean = True
    async for lines in in_thread(numbered_lines(source)):
        commands = []
        for number, line in lines:
            read = read_command(number, line)
            if isinstance(read, BadLine):
                clean = False
                click.echo(f"Error: {read}", err=True)
            else:
                commands.append(read)
        await exchange.send(commands)
    return clean


async def _print(outcomes: asyncio.Queue[Outcome | None]) -> None:
    while outcome := await outcomes.get():
        click.echo(encode_outcome(outcome))
