"""Records of the four topics to rows; what cannot be read is a row too."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b

import orjson

from orderflow.domain.outcome import Outcome, Status
from orderflow.domain.stored import Received
from orderflow.verification.evidence import Row
from orderflow.verification.storable import storable
from orderflow.wire.commands import Invalid, Unreadable, decode_command
from orderflow.wire.letters import read_letter
from orderflow.wire.outcomes import decode_outcome, encode_outcome
from orderflow.wire.records import Headers, Record, Topic

Rows = dict[str, list[Row]]
"""Table -> rows."""

TABLE = {
    Topic.COMMANDS: "commands",
    Topic.OUTCOMES: "outcomes",
    Topic.EVENTS: "events",
    Topic.DEAD_LETTERS: "letters",
}
"""Their rows begin with partition, offset and time."""

UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
"""What reading raises where somebody else has written."""

OF_NO_ORDER = frozenset({"order-not-found", "external-ref-taken"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How keys spread: `partition_of` gives the partition of a key among so many. `log_name` names the command log."""

    log_name: str
    partitions: int
    partition_of: Callable[[bytes, int], int]

    def home(self, key: bytes | None) -> int:
        return self.partition_of(key or b"", self.partitions)

    def possible(self, key: bytes | None, partition: int) -> bool:
        """Whether the key belongs there, or did before the partitions were raised from some smaller count."""
        counts = range(self.partitions, 0, -1)
        return any(self.partition_of(key or b"", count) == partition for count in counts)


def rows_of(topic: Topic, records: Iterable[Record], layout: Layout) -> Rows:
    """The rows of some records of one topic."""
    rows: Rows = {}
    for record in records:
        try:
            row = storable(_READERS[topic](record, layout))
            rows.setdefault(TABLE[topic], []).append(row)
        except UNREADABLE as error:
            rows.setdefault("broken", []).append(_broken(topic, record, error))
    return rows


def digest(*parts: bytes) -> bytes:
    """16 bytes that differ where the parts do."""
    hashed = blake2b(digest_size=16)
    for part in parts:
        hashed.update(b"%d:" % len(part))
        hashed.update(part)
    return hashed.digest()


def meaning_of(outcome: Outcome) -> bytes:
    """What an outcome says, whether it answers a repeat or not."""
    return digest(encode_outcome(replace(outcome, replayed=False)))


def content_of(key: bytes | None, value: bytes | None, headers: Headers) -> bytes:
    return digest(
        key or b"", value or b"", *(part or b"" for name, given in headers for part in (name.encode(), given))
    )


def _command(record: Record, layout: Layout) -> Row:
    order_id, command_id, fingerprint = _identity(record, layout.log_name)
    home = layout.home(order_id.encode() if order_id else record.key)
    name = None if order_id else _name(record)
    place = (record.partition, record.offset, record.timestamp)
    return *place, order_id, command_id, fingerprint, home, name


def _identity(record: Record, log: str) -> tuple[str | None, str | None, bytes | None]:
    try:
        reading = decode_command(record, log)
    except Exception:  # noqa: BLE001 - the worker, too, makes a dead letter of a record that its decoder fails on
        return None, None, None
    match reading:
        case Received(command=command):
            return command.order_id, command.command_id, _short(reading.fingerprint)
        case Invalid():
            return reading.order_id, reading.command_id, None
        case Unreadable():
            return None, None, None


def _outcome(record: Record, _: Layout) -> Row:
    outcome = decode_outcome(record.value or b"")
    ids = (_text(outcome.order_id), _text(outcome.command_id), _short(outcome.fingerprint))
    return record.partition, record.offset, record.timestamp, *ids, _kind(outcome), meaning_of(outcome)


def _kind(outcome: Outcome) -> str:
    """`applied` stands in the history, `settled` in the ledger, `passing` nowhere: it may be decided anew.

    `buried` says that the command is a dead letter.
    """
    if outcome.status is Status.APPLIED:
        return "applied"
    if outcome.error is not None and outcome.error.type == "dead-lettered":
        return "buried"
    of_no_order = outcome.version is None or (outcome.error is not None and outcome.error.type in OF_NO_ORDER)
    return "passing" if of_no_order or outcome.fingerprint is None or not outcome.is_own else "settled"


def _event(record: Record, layout: Layout) -> Row:
    fields = orjson.loads(record.value or b"")
    order_id, version = _text(fields["order_id"]), fields["version"]
    if not isinstance(version, int):
        raise TypeError("its version is no number")
    place = (record.partition, record.offset, record.timestamp)
    content = content_of(record.key, record.value, record.headers)
    return *place, order_id, version, content, layout.possible(record.key, record.partition)


def _letter(record: Record, _: Layout) -> Row:
    """Its time is when it was written: a letter's own timestamp is that of the record in it."""
    headers: Mapping[str, bytes] = dict(record.headers)
    of = (int(headers[f"x-dlq-{name}"]) for name in ("partition", "offset", "timestamp"))
    written = read_letter(record).at
    return record.partition, record.offset, round(written.timestamp() * 1_000) if written else None, *of


_READERS: Mapping[Topic, Callable[[Record, Layout], Row]] = {
    Topic.COMMANDS: _command,
    Topic.OUTCOMES: _outcome,
    Topic.EVENTS: _event,
    Topic.DEAD_LETTERS: _letter,
}


def _broken(topic: Topic, record: Record, error: Exception) -> Row:
    place = f"{topic} partition {record.partition} offset {record.offset}"
    return topic, _name(record), f"{place} cannot be read: {type(error).__name__}: {error}"


def _name(record: Record) -> str:
    """The key, which should be the order's id."""
    return (record.key or b"(no key)").decode(errors="replace")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{str(value)[:50]} is no text")
    return value


def _short(fingerprint: str | None) -> bytes | None:
    return digest(fingerprint.encode()) if fingerprint else None
