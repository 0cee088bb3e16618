"""A command's coroutine, run to its end; what a person can mend comes out as one line."""

import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

import click
import uvloop

from orderflow.streaming.command_exchange import ExchangeStoppedError
from orderflow.streaming.exchange_opening import KafkaUnusableError

T = TypeVar("T")

timeout_option = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Give up when no outcome has come for so many seconds.",
)


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Its result; click.ClickException where Kafka cannot be used or outcomes stay away.

    Warnings of the drivers are left out: the error says the same in words.
    """
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        return uvloop.run(coroutine)
    except (KafkaUnusableError, ExchangeStoppedError) as error:
        raise click.ClickException(str(error)) from error


def until_interrupted(coroutine: Coroutine[Any, Any, None]) -> None:
    """As `run`; Ctrl-C is how a person ends it, and no failure."""
    with suppress(KeyboardInterrupt):
        run(coroutine)
