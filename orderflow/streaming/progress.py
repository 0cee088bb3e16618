"""Whether a role gets on with what waits for it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sized
from dataclasses import dataclass, field

from faust.types import TP

ANSWER_SECONDS = 0.5
"""In which servers have to answer where nothing gets on: who asks whether a role lives does not wait long."""
GAP_SECONDS = 10.0
"""What lies between two questions counts for no more: nobody looked, or the process itself stood still."""


@dataclass(slots=True, kw_only=True)
class Progress:
    """Notices a stall if it is asked now and then, as by a liveness probe: what counts is work seen twice in a row.

    `positions` tells up to where each partition is acknowledged, `waiting` how many records could be handled now (none
    while a server is awaited), `silent` which servers do not answer. `limit` is in seconds.
    """

    positions: Callable[[], Mapping[TP, int]]
    waiting: Callable[[], int]
    silent: Callable[[], Awaitable[Sized]]
    limit: float
    monotonic: Callable[[], float] = time.monotonic
    _undone: Mapping[TP, int] | None = field(init=False, default=None)
    _asked: float = field(init=False, default=0.0)
    _still: float = field(init=False, default=0.0)

    async def stall(self) -> str | None:
        """What stands still, and for how long; None while all is well or something is merely waited for."""
        waiting = self.waiting()
        still = self._look(self.positions() if waiting else None)
        if still and await self._waits_for_a_server():
            self._still = 0.0
            return None
        return None if still < self.limit else f"{waiting} records wait, and none was acknowledged for {still:.0f} s"

    def _look(self, undone: Mapping[TP, int] | None) -> float:
        """Seconds in which nothing got on with what is undone, None for nothing."""
        now = self.monotonic()
        same = undone is not None and undone == self._undone
        self._still = self._still + min(now - self._asked, GAP_SECONDS) if same else 0.0
        self._undone, self._asked = undone, now
        return self._still

    async def _waits_for_a_server(self) -> bool:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return bool(len(await self.silent()))
        except TimeoutError:
            return True
