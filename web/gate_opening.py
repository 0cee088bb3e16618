"""The gate of a deployment: as its settings say, or not at all."""

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.gate.check import is_loopback, refuse_gaps
from orderflow.gate.opening import authenticator, rate_limiter
from orderflow.settings import Settings
from web.facade import Gate, OpenGate
from web.gate import CredentialGate, LimitedGate

log = logging.getLogger(__name__)


@asynccontextmanager
async def open_gate(settings: Settings, connection: MongoConnection) -> AsyncIterator[Gate]:
    """Raises RefusedStartError. `connection` is to where API keys are kept."""
    refuse_gaps(settings)
    gate = _gate(settings, connection)
    async with rate_limiter(settings) as limiter:
        yield LimitedGate(gate, limiter) if limiter else gate


def _gate(settings: Settings, connection: MongoConnection) -> Gate:
    if settings.auth == "on":
        keys = authenticator(settings, connection)
        return CredentialGate(keys, failures_per_second=settings.auth_failure_limit, monotonic=time.monotonic)
    if not is_loopback(settings.http_host):
        log.warning("nobody is asked who they are on %s, as ORDERFLOW_INSECURE says", settings.http_host)
    return OpenGate()
