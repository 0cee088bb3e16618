"""Dead letters: the record as it came, and in `x-dlq-*` headers why it could not be handled."""

from collections.abc import Iterator
from datetime import datetime

from orderflow.wire.commands import Unreadable
from orderflow.wire.json import dumps
from orderflow.wire.records import Message, Record, Topic

MAX_REASON_BYTES = 1_000
_REPLAYS = "x-dlq-replays"


def dead_letter(record: Record, reason: Unreadable, group: str, now: datetime) -> Message:
    """Keeps key, value, timestamp and headers; `x-dlq-replays` counts how often the record was put back."""
    kept = [(name, value) for name, value in record.headers if not name.startswith("x-dlq-")]
    replays = next((value for name, value in record.headers if name == _REPLAYS), b"0")
    return Message(
        topic=Topic.DEAD_LETTERS,
        key=record.key,
        value=record.value,
        timestamp=record.timestamp,
        headers=[*kept, *_why(record, reason, group, now), (_REPLAYS, replays)],
    )


def _why(record: Record, reason: Unreadable, group: str, now: datetime) -> Iterator[tuple[str, bytes]]:
    yield "x-dlq-topic", record.topic.encode()
    yield "x-dlq-partition", b"%d" % record.partition
    yield "x-dlq-offset", b"%d" % record.offset
    yield "x-dlq-timestamp", b"%d" % record.timestamp
    yield "x-dlq-group", group.encode()
    yield "x-dlq-stage", reason.stage.encode()
    yield "x-dlq-error-class", reason.error_class.encode()
    yield "x-dlq-error-message", reason.reason.encode(errors="replace")[-MAX_REASON_BYTES:]
    yield "x-dlq-at", dumps(now).strip(b'"')
