"""What one listener has still to be told: numbers of recent events, never the events themselves."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum, auto

from orderflow.streaming.recent_events import LiveEvent, RecentEvents

Wants = Callable[[LiveEvent], bool]


class Lost(Enum):
    """Why a subscription no longer tells everything."""

    MISSED = auto()
    """Events were forgotten before its listener took them, or never came."""
    REPLACED = auto()
    """The log is another one now."""


class Subscription:
    """Tells what stands at or after `floor`, an offset of each partition, and is wanted.

    A listener that stops taking costs memory for numbers only; what they stand for is forgotten in its time.
    """

    def __init__(self, recent: RecentEvents, floor: Sequence[int], wants: Wants) -> None:
        self._recent = recent
        self._floor = floor
        self._wants = wants
        self._pending: deque[int] = deque()
        self._news = asyncio.Event()
        self.lost: Lost | None = None

    @property
    def is_told(self) -> bool:
        """Whether its listener has taken all that there is."""
        return not self._pending

    def notice(self, number: int, event: LiveEvent) -> None:
        if self._pending and self._pending[0] < self._recent.first:
            self.lose(Lost.MISSED)
        if self.lost is None and event.offset >= self._floor[event.partition] and self._wants(event):
            self._pending.append(number)
            self._news.set()

    def lose(self, why: Lost) -> None:
        self._pending.clear()
        self.lost = why
        self._news.set()

    def restore(self, floor: Sequence[int] | None = None) -> None:
        """Told again, of what stands at or after the floor; its listener makes up for what was lost."""
        self._floor = self._floor if floor is None else floor
        self._pending.clear()
        self.lost = None

    def take(self, max_bytes: int) -> list[LiveEvent]:
        """The next events, as many as fit but at least one where there is one; none, and `lost`, where one is gone."""
        taken: list[LiveEvent] = []
        room = max_bytes
        while self._pending and room > 0:
            if self._pending[0] < self._recent.first:
                self.lose(Lost.MISSED)
                return []
            taken.append(self._recent[self._pending.popleft()])
            room -= taken[-1].size
        return taken

    async def news(self, within: float) -> bool:
        """Whether there is something to take, or lost, within so many seconds."""
        if self.is_told and self.lost is None:
            self._news.clear()
        try:
            async with asyncio.timeout(within):
                await self._news.wait()
        except TimeoutError:
            return False
        return True
