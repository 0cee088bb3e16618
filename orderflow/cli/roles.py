"""Run one Faust App in the foreground."""

import asyncio
import importlib
import logging
import os
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
from orderflow.settings import Settings
from orderflow.streaming.app import Lifespan, OrderflowApp

_PAST_SILENCE = logging.CRITICAL + 1

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)-7s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"level": "INFO", "handlers": ["console"]},
    # These repeat every 100 ms that a broker is away; the roles say it once.
    "loggers": {
        "aiokafka": {"level": _PAST_SILENCE},
        "faust": {"level": "WARNING"},
        "mode": {"level": "WARNING"},
        "aiohttp.access": {"level": "WARNING"},
    },
}


def settled() -> Settings:
    """The settings in force, put where the role's own process reads them. Raises click.ClickException."""
    settings = deployed_settings()
    for name in settings.model_fields_set:
        value = getattr(settings, name)
        os.environ[f"ORDERFLOW_{name.upper()}"] = (
            value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        )
    with refusals_told():
        lifecycle(settings)
    return settings


def run(module: str) -> NoReturn:
    """Run the App that a top-level module defines as `app`, until a signal; uvloop handles a quarter more commands."""
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    asyncio.set_event_loop(asyncio.new_event_loop())
    app: faust.App = importlib.import_module(module).app
    if isinstance(app, OrderflowApp) and app.lifespan:
        app.lifespan = partial(_or_exit, app.lifespan)
    app.finalize()
    interpreter.tune()
    worker = faust.Worker(app, loglevel="info", logging_config=LOGGING, quiet=True, redirect_stdouts=False)
    worker.execute_from_commandline()
    raise AssertionError("the worker ends the process")


@asynccontextmanager
async def _or_exit(lifespan: Lifespan) -> AsyncIterator[Any]:
    """What nothing could run with ends the process with one line; Faust would write a traceback."""
    try:
        async with lifespan() as resources:
            yield resources
    except RefusedStartError as refusal:
        raise SystemExit(f"Error: {refusal}") from refusal
