"""`orderflow keys`: who may use the HTTP facade."""

import click

from orderflow.cli.keys_create import create
from orderflow.cli.keys_list import list_
from orderflow.cli.keys_revoke import revoke


@click.group(
    short_help="Make, list and revoke API keys.",
    epilog="Example: orderflow keys create --name shop --scope orders:read --scope orders:write",
)
def keys() -> None:
    """Make, list and revoke API keys of the HTTP facade, directly in MongoDB.

    Of a key only its SHA-256 is kept. To replace one: create another of the same name, hand it out, revoke the old one.
    """


for command in (create, list_, revoke):
    keys.add_command(command)
