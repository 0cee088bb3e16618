"""Dead letters: the record as it came, and in `x-dlq-*` headers why it could not be handled."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from orderflow.wire.commands import Unreadable
from orderflow.wire.json import dumps
from orderflow.wire.records import Headers, Message, Record, Topic

MAX_REASON_BYTES = 1_000
MAX_KEPT_BYTES = 3 * 2**20
"""Of a record; a dead letter holds a little more than its record, and its topic takes 4 MiB."""
REPLAYS = "x-dlq-replays"
_OURS = "x-dlq-"
_COUNT = re.compile(rb"[0-9]{1,6}")


def dead_letter(record: Record, reason: Unreadable, group: str, now: datetime) -> Message:
    """Keeps key, value, timestamp and headers; `x-dlq-replays` counts how often the record was put back.

    Of a record that is too large to be kept, which only compression got onto its topic, the place is told.
    """
    size = _size(record)
    if size > MAX_KEPT_BYTES:
        reason = replace(reason, reason=f"{reason.reason} (too large to be kept here: {size} bytes)")
        record = replace(record, key=None, value=None, headers=())
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


def _size(record: Record) -> int:
    headers = sum(len(name.encode()) + len(value or b"") for name, value in record.headers)
    return len(record.key or b"") + len(record.value or b"") + headers


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
