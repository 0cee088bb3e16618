"""`orderflow import`: a file of orders straight onto the command topic, every outcome awaited."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from orderflow.cli.command_lines import BadLine
from orderflow.cli.deployment import deployed_settings
from orderflow.cli.import_progress import Tally, shown
from orderflow.cli.in_thread import in_thread
from orderflow.cli.order_files import OrderFile
from orderflow.cli.running import run, timeout_option
from orderflow.settings import Settings
from orderflow.streaming.command_exchange import CommandExchange, Outgoing
from orderflow.streaming.exchange_opening import open_exchange


@click.command("import", epilog="Example: orderflow import orders.jsonl.gz")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@timeout_option
def import_(file: Path, timeout: float) -> None:
    """Create the orders of FILE: JSON Lines or CSV, plain or gzip.

    A JSON line is what POST /orders takes: client_id and items, and optionally currency, external_ref, placed_at and
    actor. CSV has one row per item under the columns client_id, external_ref, placed_at, sku, name, quantity, price;
    adjacent rows with one client_id and external_ref are one order, and a row without external_ref is one by itself.

    Importing a file again changes nothing: an order's ids follow from its client_id and external_ref or, where it has
    no external_ref, from its whole content. So two equal lines are one order, too: the second counts as unchanged.

    A bad line is named with its field, and the others are imported. The exit code is 1 when a line was bad, an order
    was rejected or an outcome stayed away. The last line says: applied 20000, unchanged 0, rejected 0, 1873 orders/s
    """
    settings, orders = deployed_settings(), _opened(file)
    console = Console(stderr=True)
    tally = Tally(lambda text: console.print(text, markup=False, highlight=False, soft_wrap=True))
    try:
        run(_import(settings, orders, tally, console, timeout))
    finally:
        click.echo(tally.summary())
    if not tally.clean:
        sys.exit(1)


def _opened(file: Path) -> OrderFile:
    try:
        return OrderFile(file, lambda: datetime.now(UTC))
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}") from error


async def _import(settings: Settings, orders: OrderFile, tally: Tally, console: Console, patience: float) -> None:
    async with open_exchange(settings, tally.answer, patience=patience) as exchange:
        tally.begin()
        async with shown(tally, lambda: orders.position, orders.size, console):
            async for chunk in in_thread(orders.chunks()):
                await _send(chunk, exchange, tally)
            await exchange.drained()


async def _send(chunk: list[Outgoing | BadLine], exchange: CommandExchange, tally: Tally) -> None:
    commands = []
    for read in chunk:
        if isinstance(read, BadLine):
            tally.refuse(read)
        else:
            commands.append(read)
    await exchange.send(commands)
