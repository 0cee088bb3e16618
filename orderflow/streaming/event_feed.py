"""`order_events` as it comes in: the newest are kept, and told to who listens to their order or client; no I/O."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum, auto
from itertools import chain
from typing import Protocol, TypeVar
from zlib import crc32

from orderflow.streaming.recent_events import LiveEvent, RecentEvents
from orderflow.streaming.subscription import Lost, Subscription, Wants
from orderflow.wire.positions import Position

MAX_EVENTS = 10_000

Births = Mapping[int, int]
"""Of each partition that has one, its first record's timestamp: another one means another log."""
K = TypeVar("K")


class AnotherLogError(Exception):
    """Records came from before where reading stood: it has to begin again."""


class EventRecord(Protocol):
    """What is needed of a record."""

    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


class Standing(Enum):
    """What can be done for a reader who stands at a position."""

    KNOWN = auto()
    """All that came after it is kept."""
    PAST = auto()
    """Some of what came after it is forgotten, or stands in another log."""
    AHEAD = auto()
    """This process has not come so far; another one may have."""
    IMPOSSIBLE = auto()
    """Partitions never become fewer."""


class EventFeed:
    """Until somebody listens an event is only kept; nothing of it is read."""

    def __init__(self, *, partitions: int, max_bytes: int, max_events: int = MAX_EVENTS) -> None:
        self._recent = RecentEvents(max_events=max_events, max_bytes=max_bytes)
        self._begins = [0] * partitions
        self._next = [0] * partitions
        self._ends = [0] * partitions
        self._births: dict[int, int] = {}
        self._begun = False
        self._by_order: dict[bytes, set[Subscription]] = {}
        self._by_client: dict[str | None, set[Subscription]] = {}

    def begin(self, births: Births, starts: Mapping[int, int], ends: Mapping[int, int]) -> None:
        """Told at each new connection what log is there, where reading goes on, and where the log ends."""
        known = all(births.get(partition) == born for partition, born in self._births.items())
        if not (self._begun and known and all(self._next[partition] == at for partition, at in starts.items())):
            self._start_anew(starts)
        self._births |= births
        for partition, end in ends.items():
            self._ends[partition] = end

    def receive(self, records: Sequence[EventRecord]) -> None:
        """Takes in records of one partition, in order. Raises AnotherLogError."""
        partition, first = records[0].partition, records[0]
        if first.offset < self._next[partition]:
            raise AnotherLogError(f"partition {partition} was at {self._next[partition]} and gave {first.offset}")
        if first.offset == 0:
            self._births[partition] = first.timestamp
        for record in records:
            event = LiveEvent(
                partition=partition, offset=record.offset, key=record.key or b"", value=record.value or b""
            )
            self._next[partition] = record.offset + 1
            number = self._recent.append(event)
            for subscription in self._listeners(event):
                subscription.notice(number, event)
        for forgotten in self._recent.shrink():
            self._begins[forgotten.partition] = forgotten.offset + 1

    @property
    def reached(self) -> Sequence[int]:
        """The next offset of each partition: what stands before was told to who wanted it."""
        return self._next

    def now(self) -> tuple[int, ...]:
        """The offsets after all that has happened, as far as it is known; some of it may still come in."""
        return tuple(map(max, self._next, self._ends))

    def position(self, offsets: Sequence[int]) -> Position:
        return Position(self._log(offsets), tuple(offsets))

    def standing(self, position: Position) -> Standing:
        offsets = position.offsets
        if len(offsets) > len(self._next):
            return Standing.IMPOSSIBLE
        if len(offsets) < len(self._next) or position.log != self._log(offsets):
            return Standing.PAST
        if any(map(int.__lt__, offsets, self._begins)):
            return Standing.PAST
        return Standing.AHEAD if any(map(int.__gt__, offsets, self.now())) else Standing.KNOWN

    @contextmanager
    def follow_order(self, order_id: str) -> Iterator[Subscription]:
        """Its events from now on; it may also miss some (`lost`), or be told some again."""
        subscription = Subscription(self._recent, [0] * len(self._next), lambda _: True)
        with _indexed(self._by_order, order_id.encode(), subscription):
            yield subscription

    @contextmanager
    def follow_client(self, client_id: str | None, floor: Sequence[int], wants: Wants) -> Iterator[Subscription]:
        """The wanted events of a client, or of all, that stand at or after the floor, each once until it is `lost`."""
        subscription = Subscription(self._recent, floor, wants)
        for number, event in self._recent.numbered():
            if event.offset >= floor[event.partition] and client_id in (None, event.told.client_id):
                subscription.notice(number, event)
        with _indexed(self._by_client, client_id, subscription):
            yield subscription

    def _listeners(self, event: LiveEvent) -> Iterator[Subscription]:
        yield from self._by_order.get(event.key, ())
        if self._by_client:
            yield from self._by_client.get(None, ())
            yield from self._by_client.get(event.told.client_id, ())

    def _start_anew(self, starts: Mapping[int, int]) -> None:
        self._recent.clear()
        self._births.clear()
        for partition, start in starts.items():
            self._next[partition] = self._ends[partition] = start
        self._begins = list(self._next)
        if self._begun:
            for subscription in chain(*self._by_order.values(), *self._by_client.values()):
                subscription.lose(Lost.REPLACED)
        self._begun = True

    def _log(self, offsets: Sequence[int]) -> int:
        """Which log these offsets count in, told by the first partition that has records there."""
        first = next((partition for partition, offset in enumerate(offsets) if offset), None)
        born = None if first is None else self._births.get(first)
        return crc32(f"{first}:{born}".encode())


@contextmanager
def _indexed(index: dict[K, set[Subscription]], key: K, subscription: Subscription) -> Iterator[None]:
    index.setdefault(key, set()).add(subscription)
    try:
        yield
    finally:
        index[key].remove(subscription)
        if not index[key]:
            del index[key]
