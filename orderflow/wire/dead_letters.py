"""Dead letters: the record as it came, and in `x-dlq-*` headers why it could not be handled."""

import re
from collections.abc import Iterator
from datetime import datetime

from orderflow.wire.commands import Unreadable
from orderflow.wire.json import dumps
from orderflow.wire.records import Headers, Message, Record, Topic

MAX_REASON_BYTES = 1_000
REPLAYS = "x-dlq-replays"
_OURS = "x-dlq-"
_COUNT = re.compile(rb"[0-9]{1,6}")


def dead_letter(record: Record, reason: Unreadable, group: str, now: datetime) -> Message:
    """Keeps key, value, timestamp and headers; `x-dlq-replays` counts how often the record was put back."""
    return Message(
        topic=Topic.DEAD_LETTERS,
        key=record.key,
        value=record.value,
        timestamp=record.timestamp,
        headers=[
            *original_headers(record.headers),
            *_why(record, reason, group, now),
            (REPLAYS, b"%d" % replays_of(record.headers)),
        ],
    )


def original_headers(headers: Headers) -> list[tuple[str, bytes]]:
    """Those that the record had before anyone set it aside or put it back."""
    return [(name, value) for name, value in headers if not name.startswith(_OURS)]


def replays_of(headers: Headers) -> int:
    """How often the record was put back; a count that cannot be read was not written here, so it is none."""
    said = next((value for name, value in headers if name == REPLAYS), None)
    return int(said) if said and _COUNT.fullmatch(said) else 0


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
