"""The composition root of an instance's pulse."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from orderflow.adapters.redis_pulses import RedisPulses
from orderflow.bootstrap import now, redis
from orderflow.metrics.vitals import Vitals
from orderflow.streaming.app import OrderflowApp
from orderflow.streaming.consumer_lag import lag_of, partitions_of
from orderflow.streaming.heartbeat import beating
from orderflow.wire.pulse import Pulse


@asynccontextmanager
async def pulsing(app: OrderflowApp, vitals: Vitals | None = None) -> AsyncIterator[None]:
    """While inside, Redis shows the instance of `app`. `vitals` are those of a worker."""
    async with redis(app.settings) as connection:
        pulses, build = RedisPulses(connection, app.settings.redis_prefix), version("orderflow")
        async with beating(pulses, lambda: pulse_of(app, build, vitals)):
            yield


def pulse_of(app: OrderflowApp, build: str, vitals: Vitals | None) -> Pulse:
    rate, latency = vitals.take() if vitals else (0.0, None)
    return Pulse(
        role=app.role,
        instance=app.instance,
        host=socket.gethostname(),
        version=build,
        at=now(),
        partitions=sorted(tp.partition for tp in partitions_of(app.consumer)),
        commands_per_second=rate,
        latency_seconds=latency,
        lag=sum(lag_of(app.consumer).values()),
        outcomes=vitals.outcomes if vitals else {},
    )
