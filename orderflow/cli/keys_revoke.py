"""`orderflow keys revoke`: the end of an API key."""

import click

from orderflow.bootstrap import now
from orderflow.cli.deployment import deployed_settings
from orderflow.cli.key_book import encode_key, in_book, shown


@click.command(epilog="Example: orderflow keys revoke 5f0c1e9a7b3d2468")
@click.argument("key_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print the key's entry as one JSON object.")
def revoke(key_id: str, *, as_json: bool) -> None:
    """Revoke the API key ID, as `keys list` shows it. No facade takes it any more within 10 seconds.

    There is no way back. The exit code is 1 where there is no such key.
    """
    kept = in_book(deployed_settings(), lambda book: book.revoke(key_id, now()))
    if kept is None:
        raise click.ClickException(f"there is no API key {key_id}")
    click.echo(encode_key(kept) if as_json else f"revoked {kept.key_id} ({kept.name}) at {shown(kept.revoked_at)} UTC")
