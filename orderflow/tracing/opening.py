"""Whether there are traces, by OpenTelemetry's own variables; while there are none, nothing of it is imported."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from orderflow.tracing.ports import NullTracing, Tracing

if TYPE_CHECKING:
    from orderflow.tracing.otel.tracing import OtelTracing

log = logging.getLogger(__name__)

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_PROTOCOL = "http/protobuf"


@asynccontextmanager
async def open_tracing(role: str, environment: Mapping[str, str]) -> AsyncIterator[Tracing]:
    """On where an endpoint is named and nothing says otherwise. What keeps traces away is logged, and stops no role."""
    opened = _opened(role, environment) if _asked_for(environment) else None
    if opened is None:
        yield NullTracing()
        return
    try:
        yield opened
    finally:
        await opened.close()


def _asked_for(environment: Mapping[str, str]) -> bool:
    named = _first(environment, _ENDPOINTS)
    disabled = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return bool(named) and not disabled and environment.get("OTEL_TRACES_EXPORTER", "").lower() != "none"


def _opened(role: str, environment: Mapping[str, str]) -> "OtelTracing | None":
    protocol = _first(environment, _PROTOCOLS) or _PROTOCOL
    if protocol != _PROTOCOL:
        log.warning("no traces: they go by %s, not by %.100r", _PROTOCOL, protocol)
        return None
    try:
        from orderflow.tracing.otel.tracing import open_otel  # noqa: PLC0415 - costs memory and time
    except ImportError:
        log.warning("no traces: an endpoint is named, and orderflow[otel] is not installed")
        return None
    try:
        return open_otel(role)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the variables, orders go on
        log.warning("no traces: %s", error)
        return None


def _first(environment: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next(filter(None, map(environment.get, names)), None)
