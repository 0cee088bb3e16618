"""`orderflow keys list`: the API keys that there are."""

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orderflow.access.api_keys import ApiKey
from orderflow.cli.deployment import deployed_settings
from orderflow.cli.key_book import encode_key, in_book, shown


@click.command("list", epilog="Example: orderflow keys list --json")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def list_(*, as_json: bool) -> None:
    """List all API keys, the oldest first, revoked ones too. The keys themselves are kept nowhere."""
    kept = in_book(deployed_settings(), lambda book: book.all())
    if not as_json:
        Console().print(_table(kept))
        return
    for key in kept:
        click.echo(encode_key(key))


def _table(kept: list[ApiKey]) -> Table:
    table = Table()
    table.add_column("id", no_wrap=True)
    for name in ("name", "scopes", "client", "created (UTC)", "revoked (UTC)"):
        table.add_column(name, overflow="fold")
    for key in kept:
        scopes = ", ".join(sorted(key.scopes))
        table.add_row(key.key_id, escape(key.name), scopes, key.client_id, shown(key.created_at), shown(key.revoked_at))
    return table
