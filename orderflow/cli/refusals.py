"""What nothing could run with, told in one line."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from orderflow.bootstrap import RefusedStartError


@contextmanager
def refusals_told() -> Iterator[None]:
    """Turns a RefusedStartError into click.ClickException, which ends the command with its message."""
    try:
        yield
    except RefusedStartError as error:
        raise click.ClickException(str(error)) from error
