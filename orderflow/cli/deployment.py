"""Which servers a command works with: those that ORDERFLOW_* names, else those of the running stack."""

import asyncio
from typing import Any

import click
from pydantic import ValidationError

from orderflow.bootstrap import check_access
from orderflow.cli.refusals import refusals_told
from orderflow.local.stack import running_environment
from orderflow.settings import KafkaProtocol, Settings

_PREFIX = "ORDERFLOW_"
_SERVERS = {"kafka_brokers", "mongo_url", "redis_url"}


def deployed_settings() -> Settings:
    """Settings of ORDERFLOW_* and .env; where these name no server at all, the running stack's servers and log.

    Raises click.ClickException with one line per bad variable; no value is ever shown.
    """
    try:
        settings = Settings()
        if not settings.model_fields_set & _SERVERS:
            settings = Settings(**_running(settings))
    except ValidationError as error:
        raise click.ClickException("bad settings\n" + "\n".join(_reasons(error))) from error
    with refusals_told():
        asyncio.run(check_access(settings))
    return settings


def _running(settings: Settings) -> dict[str, Any]:
    environment = running_environment(settings.data_dir)
    if environment is None:
        return {}
    named = {name.removeprefix(_PREFIX).lower(): value for name, value in environment.items()}
    return named | {"kafka_security_protocol": KafkaProtocol.PLAINTEXT}


def _reasons(error: ValidationError) -> list[str]:
    details = error.errors(include_url=False, include_input=False, include_context=False)
    return [_reason(detail["loc"], detail["msg"]) for detail in details]


def _reason(place: tuple[int | str, ...], message: str) -> str:
    """What concerns several variables has no place, and names them itself."""
    return f"{_PREFIX}{str(place[0]).upper()}: {message}" if place else message.removeprefix("Value error, ")
