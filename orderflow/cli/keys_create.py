"""`orderflow keys create`: a new API key."""

import secrets

import click

from orderflow.access.api_keys import MAX_NAME, is_name, new_key
from orderflow.access.principal import Scope
from orderflow.bootstrap import now
from orderflow.cli.deployment import deployed_settings
from orderflow.cli.dlq_options import Parsed
from orderflow.cli.key_book import encode_key, in_book
from orderflow.domain.limits import has_id_characters


def _name(text: str) -> str:
    if not is_name(text):
        raise ValueError(f"has to be one line of 1 to {MAX_NAME} characters")
    return text


def _client_id(text: str) -> str:
    if not has_id_characters(text):
        raise ValueError("has to be 1 to 128 characters of A-Z a-z 0-9 . _ : -")
    return text


@click.command(epilog="Example: orderflow keys create --name shop --scope orders:read --client client-123")
@click.option(
    "--name", required=True, type=Parsed("name", _name), help="Whom it is for. Keys of one name are one user."
)
@click.option(
    "--scope",
    "scopes",
    required=True,
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    help="What it allows; may be given more than once. None includes another.",
)
@click.option("--client", type=Parsed("client", _client_id), help="Bind it to the orders of this client.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with the key as `key`.")
def create(name: str, scopes: tuple[str, ...], client: str | None, *, as_json: bool) -> None:
    """Make an API key and print it. It is shown this once; what is kept of it does not give it back.

    It counts at once, and where it was refused before within 10 seconds.
    """
    if client is not None and Scope.ADMIN.value in scopes:
        raise click.UsageError("admin is about all clients: it allows nothing to a key that is bound to one")
    key, kept = new_key(
        name=name, scopes=frozenset(map(Scope, scopes)), client_id=client, now=now(), random=secrets.token_bytes
    )
    in_book(deployed_settings(), lambda book: book.add(kept))
    click.echo(encode_key(kept, key=key) if as_json else key)
