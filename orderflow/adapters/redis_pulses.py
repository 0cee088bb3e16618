"""Signs of life in Redis: each goes by itself ten seconds after it was given."""

import asyncio
import logging
from collections.abc import Iterator, Sequence

from orderflow.adapters.redis_connection import RedisConnection
from orderflow.adapters.redis_keys import RedisKeys
from orderflow.adapters.redis_trips import RedisTrips
from orderflow.wire.pulse import Pulse, decode_pulse, encode_pulse

log = logging.getLogger(__name__)

_PULSE_MS = 10_000
_NAME_SECONDS = 3_600
"""So long a name stays in the index after its last pulse."""


class RedisPulses:
    """Pulses. An index holds their keys: to look for them would mean to go through all keys that there are."""

    def __init__(self, connection: RedisConnection, prefix: str = "") -> None:
        self._trips = RedisTrips(connection)
        self._keys = RedisKeys(prefix)

    async def write(self, pulse: Pulse) -> None:
        key, index, now = self._keys.pulse(pulse["role"], pulse["instance"]), self._keys.pulses, pulse["at"].timestamp()
        await asyncio.gather(
            self._trips.ask("SET", key, encode_pulse(pulse), "PX", _PULSE_MS),
            self._trips.ask("ZADD", index, str(now), key),
            self._trips.ask("ZREMRANGEBYSCORE", index, "-inf", str(now - _NAME_SECONDS)),
        )

    async def read_all(self) -> list[Pulse]:
        keys: list[bytes] = await self._trips.ask("ZRANGE", self._keys.pulses, 0, -1)
        found = await asyncio.gather(*(self._trips.ask("GET", key) for key in keys))
        return sorted(_readable(found), key=lambda pulse: (pulse["role"], pulse["instance"]))


def _readable(found: Sequence[bytes | None]) -> Iterator[Pulse]:
    """What is gone by now was somebody's last."""
    for value in filter(None, found):
        try:
            yield decode_pulse(value)
        except ValueError as error:
            log.warning("a sign of life is left out: %s", error)
