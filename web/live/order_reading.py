"""One order's events for one client: what its history holds, then what happens, each version once and in order."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import islice

from orderflow.domain.stored import StoredOrder
from orderflow.streaming.subscription import Lost, Subscription
from orderflow.wire.events import encode_event
from web.http.refusals import RefusedError
from web.live.event_stream import HEARTBEAT, RETRY, Chunks, sse

_CHANGES = 500
"""Sent at once: no more of a long history is kept while a client reads."""
_BYTES = 2**16
_RETRY_SECONDS = 1.0


class OrderReading:
    """Shows what comes after `seen`. `read` gives the order as it is stored, or raises RefusedError."""

    def __init__(
        self, order_id: str, seen: int, *, live: Subscription, read: Callable[[], Awaitable[StoredOrder]]
    ) -> None:
        self._order_id = order_id
        self._seen = seen
        self._live = live
        self._read = read

    async def chunks(self, heartbeat: float) -> Chunks:
        yield RETRY + HEARTBEAT
        while True:
            # Told first and read second: what is stored after this read is told of.
            self._live.restore()
            complete = False
            while not complete:
                chunk, complete = await self._from_history()
                yield chunk
            while chunk := await self._from_feed(heartbeat):
                yield chunk

    async def _from_history(self) -> tuple[bytes, bool]:
        """What is stored beyond what was shown, and whether that is all."""
        try:
            stored = await self._read()
        except RefusedError:
            await asyncio.sleep(_RETRY_SECONDS)
            return HEARTBEAT, False
        changes = (change.event for change in stored.history if change.event.version > self._seen)
        chunk = b"".join(self._shown(event.version, encode_event(event)) for event in islice(changes, _CHANGES))
        return chunk, self._seen >= stored.order.version

    async def _from_feed(self, heartbeat: float) -> bytes:
        """What happened, or a sign of life; nothing where the history has to be read for what is missing."""
        while self._live.lost is None:
            events = self._live.take(_BYTES)
            following = (event for event in events if event.told.version == self._seen + 1)
            chunk = b"".join(self._shown(event.told.version, event.value) for event in following)
            if any(event.told.version > self._seen for event in events):
                self._live.lose(Lost.MISSED)
            if chunk:
                return chunk
            if not (events or await self._live.news(heartbeat)):
                return HEARTBEAT
        return b""

    def _shown(self, version: int, value: bytes) -> bytes:
        self._seen = version
        return sse(f"{self._order_id}:{version}", value)
