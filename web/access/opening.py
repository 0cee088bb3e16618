"""The gate of a deployment: as its settings say, or not at all."""

import logging
import time

from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.adapters.redis_connection import RedisConnection
from orderflow.gate.check import is_loopback, refuse_gaps
from orderflow.gate.opening import authenticator, rate_limiter
from orderflow.settings import Settings
from web.access.gate import CredentialGate, LimitedGate
from web.access.loopback import LoopbackGate
from web.facade import Gate, OpenGate

log = logging.getLogger(__name__)


def open_gate(settings: Settings, mongo: MongoConnection, redis: RedisConnection) -> Gate:
    """Raises RefusedStartError. API keys are kept in MongoDB, rates in Redis."""
    refuse_gaps(settings)
    gate, limiter = _gate(settings, mongo), rate_limiter(settings, redis)
    return LimitedGate(gate, limiter) if limiter else gate


def _gate(settings: Settings, mongo: MongoConnection) -> Gate:
    if settings.auth == "on":
        keys = authenticator(settings, mongo)
        return CredentialGate(keys, failures_per_second=settings.auth_failure_limit, monotonic=time.monotonic)
    if not is_loopback(settings.http_host):
        log.warning("nobody is asked who they are on %s, as ORDERFLOW_INSECURE says", settings.http_host)
    return OpenGate() if settings.insecure else LoopbackGate()
