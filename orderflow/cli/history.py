"""`orderflow history`: every change of one order."""

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orderflow.cli.deployment import deployed_settings
from orderflow.cli.stored_order import stored_order
from orderflow.domain.events import items_of
from orderflow.domain.order import total_of
from orderflow.domain.stored import Change, StoredOrder
from orderflow.wire.representations import encode_history


@click.command(epilog="Example: orderflow history ord_1")
@click.argument("order_id")
@click.option("--json", "as_json", is_flag=True, help="Print the JSON that GET /orders/{id}/history answers with.")
def history(order_id: str, *, as_json: bool) -> None:
    """Show what happened to the order ORDER_ID, oldest change first. The exit code is 1 where there is none."""
    stored = stored_order(deployed_settings(), order_id)
    if as_json:
        click.echo(encode_history(stored))
    else:
        Console().print(_table(stored))


def _table(stored: StoredOrder) -> Table:
    table = Table("version")
    table.add_column("at (UTC)", no_wrap=True)
    for name in ("what", "from", "to", "new total", "actor", "reason", "command"):
        table.add_column(name, overflow="fold")
    for change in stored.history:
        table.add_row(*map(escape, _row(change)))
    return table


def _row(change: Change) -> tuple[str, ...]:
    event = change.event
    items = items_of(event)
    return (
        str(event.version),
        event.occurred_at.strftime("%Y-%m-%d %H:%M:%S"),
        event.type.removeprefix("order.").replace("_", " "),
        event.previous_state or "",
        event.state,
        str(total_of(items)) if items else "",
        event.actor or "",
        event.reason or "",
        event.command_id,
    )
