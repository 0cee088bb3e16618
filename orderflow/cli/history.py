"""`orderflow history`: every change of one order."""

from collections.abc import Iterator

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orderflow.cli.deployment import deployed_settings
from orderflow.cli.stored_order import stored_order
from orderflow.domain.events import Event, EventType, items_of
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
    table = Table("version", box=SIMPLE)
    for name in ("at (UTC)", "change"):
        table.add_column(name, no_wrap=True)
    for name in ("what else", "command"):
        table.add_column(name, overflow="fold")
    for change in stored.history:
        table.add_row(*map(escape, _row(change)))
    return table


def _row(change: Change) -> tuple[str, ...]:
    event = change.event
    moment = event.occurred_at.strftime("%Y-%m-%d %H:%M:%S")
    return str(event.version), moment, _change(event), "; ".join(_more(event)), event.command_id


def _change(event: Event) -> str:
    if event.type is EventType.ORDER_STATE_CHANGED:
        return f"{event.previous_state} -> {event.state}"
    what = event.type.removeprefix("order.")
    moved = event.previous_state not in (None, event.state)
    return f"{what}: {event.previous_state} -> {event.state}" if moved else what


def _more(event: Event) -> Iterator[str]:
    if items := items_of(event):
        yield f"total {total_of(items)}"
    if event.actor:
        yield f"by {event.actor}"
    if event.reason:
        yield event.reason
