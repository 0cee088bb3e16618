"""How letters are named on the command line."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypedDict

import click

from orderflow.bootstrap import now
from orderflow.wire.commands import Stage
from orderflow.wire.letters import LetterId, letter_id
from orderflow.wire.moments import read_moment


class Filters(TypedDict):
    """What the filter options give."""

    stage: Stage | None
    key: str | None
    since: datetime | None
    until: datetime | None


class Parsed(click.ParamType):
    """A value read by a function that says what is wrong with a ValueError."""

    def __init__(self, name: str, read: Callable[[str], object]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> object:  # noqa: ANN401 - click's signature
        try:
            return self._read(value) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(f"{value!r} {error}", param, ctx)


MOMENT = Parsed("time", lambda text: read_moment(text, now()))
LETTER: Parsed = Parsed("letter", letter_id)
_STAGE = click.Choice([stage.value for stage in Stage])
_OPTIONS = (
    click.option(
        "--stage", type=_STAGE, callback=lambda *given: given[-1] and Stage(given[-1]), help="Where it failed."
    ),
    click.option("--key", help="The record's key, as `dlq list` shows it."),
    click.option(
        "--since", type=MOMENT, help="Set aside then or later: an ISO 8601 time, or an age: 90s, 30m, 2h, 7d."
    ),
    click.option("--until", type=MOMENT, help="Set aside before then."),
)

letter_ids = click.argument("ids", nargs=-1, type=LETTER, metavar="[ID]...")


def filters(command: Callable[..., None]) -> Callable[..., None]:
    """The options of Filters."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def require_choice(ids: tuple[LetterId, ...], filters: Filters, *, everything: bool) -> None:
    """Nothing is done to every letter by accident."""
    if not everything and not ids and all(value is None for value in filters.values()):
        raise click.UsageError("name letters, or filter them (--stage, --key, --since, --until), or say --all")
