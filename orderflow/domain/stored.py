"""What the system of record remembers of an order beside its state: enough to recognise every command again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from orderflow.domain.commands import Command, CommandType
from orderflow.domain.events import Event
from orderflow.domain.order import Order
from orderflow.domain.outcome import Outcome, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordinates:
    """Where a record stands: in which log and partition, at which offset, with the broker's timestamp (ms).

    In one log offset and timestamp rise together (LogAppendTime); in a log wiped and refilled they do not.
    """

    log: str
    partition: int
    offset: int
    timestamp: int

    def is_before(self, other: "Coordinates") -> bool:
        """Whether this record certainly lies before the other; False where they cannot be compared."""
        return self.offset < other.offset and self.timestamp <= other.timestamp and self.is_of_log(other)

    def is_of_log(self, other: "Coordinates") -> bool:
        return self.partition == other.partition and self.log == other.log


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A readable command and the record that brought it. The fingerprint is a SHA-256 of its canonical fields."""

    command: Command
    fingerprint: str
    coordinates: Coordinates
    traceparent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry of the history: an event and the command that caused it."""

    event: Event
    command_type: CommandType
    fingerprint: str
    coordinates: Coordinates
    traceparent: str | None = None

    @property
    def outcome(self) -> Outcome:
        event = self.event
        return Outcome(
            command_id=event.command_id,
            order_id=event.order_id,
            type=self.command_type,
            status=Status.APPLIED,
            replayed=False,
            version=event.version,
            state=event.state,
            fingerprint=self.fingerprint,
            error=None,
            at=event.occurred_at,
        )

    @property
    def command_id(self) -> str:
        return self.event.command_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One entry of the ledger: the outcome of a command that changed nothing."""

    outcome: Outcome
    coordinates: Coordinates

    @property
    def command_id(self) -> str:
        return self.outcome.command_id

    @property
    def fingerprint(self) -> str | None:
        return self.outcome.fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOrder:
    """An order with its memory. `revision` guards every write; `sources` holds the newest coordinates per log."""

    order: Order
    revision: int
    history: tuple[Change, ...]
    ledger: tuple[Verdict, ...] = ()
    sources: tuple[Coordinates, ...] = ()

    @property
    def created_by(self) -> Coordinates:
        return self.history[0].coordinates

    def entry_of(self, command_id: str) -> Change | Verdict | None:
        """What is remembered of a command."""
        entries: Iterator[Change | Verdict] = chain(self.ledger, self.history)
        return next((entry for entry in entries if entry.command_id == command_id), None)

    def mark_of(self, coordinates: Coordinates) -> Coordinates | None:
        """The newest coordinates folded in from that record's log and partition."""
        return next((source for source in self.sources if source.is_of_log(coordinates)), None)


def truncated(moment: datetime) -> datetime:
    """The moment cut to milliseconds, the finest that every store keeps."""
    beyond = moment.microsecond % 1000
    return moment.replace(microsecond=moment.microsecond - beyond) if beyond else moment
