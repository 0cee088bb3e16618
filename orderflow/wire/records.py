"""Kafka records as they come in, and messages as they go out."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """The four topics, without the prefix that a deployment may put before them."""

    COMMANDS = "order_commands"
    EVENTS = "order_events"
    OUTCOMES = "order_outcomes"
    DEAD_LETTERS = "order_commands_dlq"


Headers = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as it was read; `timestamp` is the broker's, in milliseconds."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A record to be written; its partition follows from its key, unless it names one.

    Without a timestamp the log sets its own.
    """

    topic: Topic
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    timestamp: int | None = None
    partition: int | None = None
