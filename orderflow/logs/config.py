"""Every line through one formatter: ours and those of Faust, aiokafka, PyMongo and aiohttp."""

import logging
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor

from orderflow.logs.fields import FIELDS
from orderflow.logs.redaction import Redaction

OURS = ("orderflow", "agents", "tables", "web")
_PAST_SILENCE = logging.CRITICAL + 1
LIBRARIES = {
    # These repeat every 100 ms that a server is away; the roles say it once.
    "aiokafka": _PAST_SILENCE,
    # So do these with every batch of spans that a collector does not take.
    "opentelemetry.exporter.otlp.proto.http.trace_exporter": _PAST_SILENCE,
    "opentelemetry.sdk._shared_internal": _PAST_SILENCE,
    "faust": logging.WARNING,
    "mode": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    # Faust shows where every partition of a changelog is, at each rebalance.
    "orderflow.streaming.safe_tables": logging.WARNING,
}


def logging_config(*, as_json: bool, level: str, colors: bool, redaction: Redaction) -> dict[str, Any]:
    """For logging.config.dictConfig. `level` counts for what we say; libraries say nothing below INFO."""
    formatter = _formatter(_json() if as_json else _console(colors=colors), redaction)
    loggers = {name: {"level": level.upper()} for name in OURS}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": lambda: formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "level": level.upper()}},
        "root": {"level": "INFO", "handlers": ["stderr"]},
        "loggers": loggers | {name: {"level": quiet} for name, quiet in LIBRARIES.items()},
    }


def _formatter(rendering: list[Processor], redaction: Redaction) -> logging.Formatter:
    """Secrets go when all has become text, and only the rendering comes after."""
    return ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=FIELDS),
            structlog.contextvars.merge_contextvars,
        ],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.StackInfoRenderer(),
            redaction,
            *rendering,
        ],
    )


def _json() -> list[Processor]:
    """`message`, for an event is something else here."""
    return [
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.EventRenamer("message"),
        structlog.processors.JSONRenderer(),
    ]


def _console(*, colors: bool) -> list[Processor]:
    return [
        structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
        structlog.dev.ConsoleRenderer(colors=colors, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback),
    ]
