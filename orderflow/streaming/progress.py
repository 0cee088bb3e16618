"""Whether a role gets on with what waits for it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sized
from dataclasses import dataclass, field

from faust.types import TP

ANSWER_SECONDS = 0.5
"""In which servers have to answer where nothing gets on: who asks whether a role lives does not wait long."""


@dataclass(slots=True, kw_only=True)
class Progress:
    """Notices a stall if it is asked now and then, as by a liveness probe.

    `positions` tells up to where each partition is acknowledged, `waiting` how many records could be handled now (none
    while a server is awaited), `silent` which servers do not answer. `limit` is in seconds.
    """

    positions: Callable[[], Mapping[TP, int]]
    waiting: Callable[[], int]
    silent: Callable[[], Awaitable[Sized]]
    limit: float
    monotonic: Callable[[], float] = time.monotonic
    _last: Mapping[TP, int] = field(init=False, default_factory=dict)
    _since: float = field(init=False)

    def __post_init__(self) -> None:
        self._since = self.monotonic()

    async def stall(self) -> str | None:
        """What stands still, and for how long; None while all is well or something is merely waited for."""
        positions, waiting, now = self.positions(), self.waiting(), self.monotonic()
        if positions != self._last or not waiting:
            self._last, self._since = positions, now
        still = now - self._since
        if still and await self._waits_for_a_server():
            self._since = self.monotonic()
            return None
        return None if still < self.limit else f"{waiting} records wait, and none was acknowledged for {still:.0f} s"

    async def _waits_for_a_server(self) -> bool:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return bool(len(await self.silent()))
        except TimeoutError:
            return True
