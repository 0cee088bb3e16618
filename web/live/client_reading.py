"""A client's events, or everybody's, for one listener; an id tells how far it has come in each partition."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

from orderflow.streaming.event_feed import EventFeed, Standing
from orderflow.streaming.recent_events import LiveEvent
from orderflow.streaming.subscription import Lost, Subscription
from orderflow.wire.json import dumps
from orderflow.wire.positions import Position, PositionError, encode_position
from web.live.event_stream import RETRY, Chunks, TooSlowError, sse, standing_at

_BYTES = 2**16
_RESET = dumps(
    {
        "reason": "What happened after your last event is no longer kept here.",
        "action": "Read the orders that matter to you again (GET /orders); what happens from now on follows.",
    }
)


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where a listener begins; `reset`: it stood elsewhere, and misses what lies between."""

    offsets: Sequence[int]
    reset: bool = False


async def begin_after(position: Position, feed: EventFeed, ends: Callable[[], Awaitable[Sequence[int]]]) -> Beginning:
    """Raises PositionError for one where nobody can stand; `ends` tells where Kafka ends each partition."""
    # Another facade may be ahead of this one, but not of Kafka.
    ahead = feed.standing(position) is Standing.AHEAD
    beyond = ahead and any(map(int.__gt__, position.offsets, await ends()))
    standing = feed.standing(position)
    if beyond or standing is Standing.IMPOSSIBLE:
        raise PositionError(position)
    return Beginning(feed.now(), reset=True) if standing is Standing.PAST else Beginning(position.offsets)


class ClientReading:
    """Shows what `live` tells to one who stands where it begins."""

    def __init__(self, beginning: Beginning, *, live: Subscription, feed: EventFeed, topic: str) -> None:
        self._offsets = list(beginning.offsets)
        self._reset = beginning.reset
        self._live = live
        self._feed = feed
        self._topic = topic

    async def chunks(self, heartbeat: float) -> Chunks:
        """Raises TooSlowError."""
        yield RETRY + (self._begun_anew() if self._reset else self._alive())
        while True:
            if self._live.lost is Lost.MISSED:
                raise TooSlowError
            if self._live.lost is Lost.REPLACED:
                self._offsets = list(self._feed.now())
                self._live.restore(floor=tuple(self._offsets))
                yield self._begun_anew()
            if events := self._live.take(_BYTES):
                yield b"".join(self._shown(events))
            elif not await self._live.news(heartbeat):
                yield self._alive()

    def _shown(self, events: Sequence[LiveEvent]) -> Iterator[bytes]:
        for event in events:
            self._offsets[event.partition] = event.offset + 1
            if event is events[-1]:
                self._catch_up()
            yield sse(self._id(), event.value)

    def _alive(self) -> bytes:
        """However much happens to others, who comes back is not behind."""
        self._catch_up()
        return standing_at(self._id())

    def _begun_anew(self) -> bytes:
        return sse(self._id(), _RESET, "reset")

    def _catch_up(self) -> None:
        if self._live.is_told and self._live.lost is None:
            self._offsets = list(map(max, self._offsets, self._feed.reached))

    def _id(self) -> str:
        return encode_position(self._feed.position(self._offsets), self._topic)
