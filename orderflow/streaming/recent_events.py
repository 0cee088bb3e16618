"""The newest records of `order_events`, numbered as they came in; what is older than the bounds is forgotten."""

import logging
from collections import deque
from collections.abc import Iterator, Mapping
from sys import intern
from typing import Any, NamedTuple

import orjson

log = logging.getLogger(__name__)

_OVERHEAD_BYTES = 500
"""Of an event beside its value, about."""


class Told(NamedTuple):
    """What listeners choose events by; 0 and empty words are of a record that is no event."""

    client_id: str = ""
    version: int = 0
    type: str = ""
    state: str = ""


class LiveEvent:
    """One record; its value is read when somebody asks what it tells."""

    __slots__ = ("_told", "key", "offset", "partition", "value")

    def __init__(self, *, partition: int, offset: int, key: bytes, value: bytes) -> None:
        self.partition = partition
        self.offset = offset
        self.key = key
        self.value = value
        self._told: Told | None = None

    @property
    def told(self) -> Told:
        if self._told is None:
            self._told = _told(self.value)
        return self._told

    @property
    def size(self) -> int:
        return len(self.value) + _OVERHEAD_BYTES


def _told(value: bytes) -> Told:
    try:
        fields: Mapping[str, Any] = orjson.loads(value)
        return Told(fields["client_id"] + "", fields["version"] + 0, intern(fields["type"]), intern(fields["state"]))
    except (ValueError, KeyError, TypeError):
        log.warning("a record on the event topic is no event: %.200r", value)
        return Told()


class RecentEvents:
    """At most so many events and bytes, but always the newest event, however large."""

    def __init__(self, *, max_events: int, max_bytes: int) -> None:
        self._events: deque[LiveEvent] = deque()
        self._max_events = max_events
        self._max_bytes = max_bytes
        self._bytes = 0
        self.first = 0
        """The number of the oldest event that is kept."""

    def append(self, event: LiveEvent) -> int:
        """Returns the event's number."""
        self._events.append(event)
        self._bytes += event.size
        return self.first + len(self._events) - 1

    def shrink(self) -> Iterator[LiveEvent]:
        """Forgets, and yields, what is too much."""
        while len(self._events) > self._max_events or (self._bytes > self._max_bytes and len(self._events) > 1):
            yield self._forget()

    def clear(self) -> None:
        while self._events:
            self._forget()

    def __getitem__(self, number: int) -> LiveEvent:
        return self._events[number - self.first]

    def numbered(self) -> Iterator[tuple[int, LiveEvent]]:
        return enumerate(self._events, self.first)

    def _forget(self) -> LiveEvent:
        event = self._events.popleft()
        self._bytes -= event.size
        self.first += 1
        return event
