"""Which servers a command works with: those that ORDERFLOW_* names, else those of the running stack."""

from typing import Any

import click
from pydantic import ValidationError

from orderflow.local.stack import running_environment
from orderflow.settings import Settings

_PREFIX = "ORDERFLOW_"
_SERVERS = {"kafka_brokers", "mongo_url", "redis_url"}


def deployed_settings() -> Settings:
    """Settings of ORDERFLOW_* and .env; where these name no server at all, the running stack's servers and log.

    Raises click.ClickException with one line per bad variable; no value is ever shown.
    """
    try:
        settings = Settings()
        if settings.model_fields_set & _SERVERS:
            return settings
        return Settings(**_running(settings))
    except ValidationError as error:
        raise click.ClickException("bad settings\n" + "\n".join(_reasons(error))) from error


def _running(settings: Settings) -> dict[str, Any]:
    environment = running_environment(settings.data_dir) or {}
    return {name.removeprefix(_PREFIX).lower(): value for name, value in environment.items()}


def _reasons(error: ValidationError) -> list[str]:
    details = error.errors(include_url=False, include_input=False, include_context=False)
    return [f"{_PREFIX}{str(detail['loc'][0]).upper()}: {detail['msg']}" for detail in details]
