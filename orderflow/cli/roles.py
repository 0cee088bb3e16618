"""Run one Faust App in the foreground."""

import asyncio
import importlib
import logging.config
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, NoReturn

import faust
import uvloop
from pydantic import SecretStr

from orderflow.bootstrap import RefusedStartError, lifecycle
from orderflow.cli import interpreter
from orderflow.cli.deployment import deployed_settings
from orderflow.cli.refusals import refusals_told
from orderflow.logs.config import logging_config
from orderflow.logs.redaction import Redaction
from orderflow.settings import Settings
from orderflow.streaming.app import Lifespan, OrderflowApp

log = logging.getLogger(__name__)


def settled() -> Settings:
    """The settings in force, put where the role's own process reads them. Raises click.ClickException.

    From here on the role's log lines have the form that they ask for.
    """
    settings = deployed_settings()
    configured(settings)
    for name in settings.model_fields_set:
        value = getattr(settings, name)
        os.environ[f"ORDERFLOW_{name.upper()}"] = (
            value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        )
    with refusals_told():
        lifecycle(settings)
    return settings


def run(module: str, url: str | None = None) -> NoReturn:
    """Run the App that a top-level module defines as `app`, until a signal; `url` is where it can be asked.

    uvloop handles a quarter more commands.
    """
    if url:
        log.info("serving %s", url)
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    asyncio.set_event_loop(asyncio.new_event_loop())
    app: faust.App = importlib.import_module(module).app
    if isinstance(app, OrderflowApp) and app.lifespan:
        app.lifespan = partial(_or_exit, app.lifespan)
    app.finalize()
    interpreter.tune()
    worker = faust.Worker(app, loglevel="info", override_logging=False, quiet=True, redirect_stdouts=False)
    worker.execute_from_commandline()
    raise AssertionError("the worker ends the process")


def configured(settings: Settings) -> None:
    """A terminal gets lines for people, whatever collects lines gets JSON, unless the settings say otherwise."""
    terminal = sys.stderr.isatty()
    config = logging_config(
        as_json=settings.log_format == "json" or not (settings.log_format or terminal),
        level=settings.log_level,
        colors=terminal,
        redaction=Redaction(settings.secrets()),
    )
    logging.config.dictConfig(config)
    logging.captureWarnings(capture=True)


@asynccontextmanager
async def _or_exit(lifespan: Lifespan) -> AsyncIterator[Any]:
    """What nothing could run with ends the process with one line; Faust would write a traceback."""
    try:
        async with lifespan() as resources:
            yield resources
    except RefusedStartError as refusal:
        raise SystemExit(f"Error: {refusal}") from refusal
