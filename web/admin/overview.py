"""A look at the whole deployment: what its instances say of themselves, and what Kafka knows of their groups."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence

from orderflow.access.sparing_log import SparingLog
from orderflow.ports import CacheUnavailableError, Pulses
from orderflow.streaming.exchange_opening import KafkaUnusableError
from orderflow.wire.groups import GroupReading
from orderflow.wire.json import dumps
from orderflow.wire.pulse import Pulse
from orderflow.wire.shapes import Checks
from orderflow.wire.status_shapes import PartitionLag, Status, Unknown

log = logging.getLogger(__name__)

FRESH_SECONDS = 1.0
WAIT_SECONDS = 5.0

ReadGroups = Callable[[], Awaitable[Sequence[GroupReading]]]
"""Raises KafkaUnusableError."""


class Overview:
    """Looks at most once a second, however many ask: each look takes a connection to Kafka."""

    def __init__(
        self, *, pulses: Pulses, read_groups: ReadGroups, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._pulses = pulses
        self._read_groups = read_groups
        self._monotonic = monotonic
        self._log = SparingLog(log, monotonic)
        self._looking = asyncio.Lock()
        self._seen: tuple[float, bytes] | None = None

    async def encoded(self, check: Callable[[], Awaitable[Checks]]) -> bytes:
        """A Status; `check` asks the servers."""
        async with self._looking:
            if self._seen is None or self._monotonic() - self._seen[0] >= FRESH_SECONDS:
                status = await self._look(check)
                self._seen = self._monotonic(), dumps(status)
            return self._seen[1]

    async def _look(self, check: Callable[[], Awaitable[Checks]]) -> Status:
        missing: list[Unknown] = []
        workers, lag, checks = await asyncio.gather(self._workers(missing), self._lag(missing), check())
        return {"workers": workers, "lag": lag, "dependencies": checks, "missing": missing}

    async def _workers(self, missing: list[Unknown]) -> Sequence[Pulse]:
        try:
            return await self._pulses.read_all()
        except CacheUnavailableError:
            missing.append({"what": "workers", "why": "Redis, where instances tell of themselves, cannot be reached."})
            return ()

    async def _lag(self, missing: list[Unknown]) -> Sequence[PartitionLag]:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                readings = await self._read_groups()
        except (KafkaUnusableError, TimeoutError) as error:
            self._log.warning(f"groups are out of reach: {error or 'no answer'}", "/admin/status")
            missing.append({"what": "lag", "why": "Kafka, which knows how far its groups are, cannot be reached."})
            return ()
        return [lag for reading in readings for lag in _lags(reading)]


def _lags(reading: GroupReading) -> list[PartitionLag]:
    return [
        {
            "group": reading.group,
            "topic": reading.topic,
            "partition": position.partition,
            "lag": position.lag,
            "member": reader.client_id if (reader := reading.reader_of(position.partition)) else None,
        }
        for position in reading.positions
    ]
