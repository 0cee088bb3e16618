"""`orderflow get`: one order as it is stored."""

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orderflow import bootstrap
from orderflow.cli.deployment import deployed_settings
from orderflow.cli.refusals import refusals_told
from orderflow.cli.stored_order import stored_order
from orderflow.domain.lifecycle import Lifecycle
from orderflow.domain.order import Order
from orderflow.settings import Settings
from orderflow.wire.representations import encode_order


@click.command(epilog="Example: orderflow get ord_1 --json")
@click.argument("order_id")
@click.option("--json", "as_json", is_flag=True, help="Print the JSON that GET /orders/{id} answers with.")
def get(order_id: str, *, as_json: bool) -> None:
    """Show the order ORDER_ID, straight from MongoDB. The exit code is 1 where there is none."""
    settings = deployed_settings()
    order = stored_order(settings, order_id).order
    if as_json:
        click.echo(encode_order(order, _lifecycle(settings)))
        return
    console = Console()
    console.print(_fields(order), _items(order))


def _lifecycle(settings: Settings) -> Lifecycle:
    with refusals_told():
        return bootstrap.lifecycle(settings)


def _fields(order: Order) -> Table:
    shown = {
        "order": order.order_id,
        "client": order.client_id,
        "state": f"{order.state} (version {order.version})",
        "on hold": order.hold_reason,
        "failed attempts": str(order.failed_attempts) if order.failed_attempts else None,
        "total": f"{order.total} {order.currency}",
        "external reference": order.external_ref,
        "placed": order.placed_at and order.placed_at.isoformat(),
        "created": order.created_at.isoformat(),
        "updated": order.updated_at.isoformat(),
    }
    table = Table(box=None, show_header=False)
    for name, value in shown.items():
        if value:
            table.add_row(name, escape(value))
    return table


def _items(order: Order) -> Table:
    table = Table("sku", "name")
    for column in ("quantity", "price"):
        table.add_column(column, justify="right")
    for item in order.items:
        table.add_row(escape(item.sku), escape(item.name), str(item.quantity), str(item.price))
    return table
