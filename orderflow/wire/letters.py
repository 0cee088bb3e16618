"""Letters of the dead letter topic as they are read back, and the message that puts one onto its topic again."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from orderflow.wire.commands import Stage
from orderflow.wire.dead_letters import REPLAYS, original_headers, replays_of
from orderflow.wire.records import Headers, Message, Record, Topic

LETTER_ID = re.compile(r"[0-9]{1,9}-[0-9]{1,18}")
_NUMBER = re.compile(r"[0-9]{1,18}")


class LetterId(NamedTuple):
    """Where a letter stands on the dead letter topic; written PARTITION-OFFSET."""

    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.partition}-{self.offset}"


def is_letter_id(text: str) -> bool:
    return LETTER_ID.fullmatch(text) is not None


def letter_id(text: str) -> LetterId:
    """Raises ValueError."""
    if not is_letter_id(text):
        raise ValueError("must be PARTITION-OFFSET, as in 3-17")
    partition, offset = text.split("-")
    return LetterId(int(partition), int(offset))


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Origin:
    """Where the record stood that was set aside; they sort as records of one partition do."""

    topic: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A record of the dead letter topic; what its headers do not say, for somebody else wrote it, is None."""

    record: Record
    origin: Origin | None
    at: datetime | None
    stage: Stage | None
    group: str | None
    error_class: str | None
    error_message: str | None
    replays: int

    @property
    def id(self) -> LetterId:
        return LetterId(self.record.partition, self.record.offset)

    @property
    def key(self) -> str | None:
        """What is no text shows as escapes."""
        return None if self.record.key is None else self.record.key.decode(errors="backslashreplace")

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """The record's own."""
        return original_headers(self.record.headers)

    @property
    def content(self) -> int:
        """Equal for letters of one record, however often it was put back and came again."""
        return hash((self.record.key, self.record.value, tuple(self.headers)))


def read_letter(record: Record) -> DeadLetter:
    """Whatever the record holds, reading it never fails."""
    return DeadLetter(
        record=record,
        origin=_origin(record.headers),
        at=_moment(_said(record.headers, "x-dlq-at")),
        stage=next((stage for stage in Stage if stage == _said(record.headers, "x-dlq-stage")), None),
        group=_said(record.headers, "x-dlq-group"),
        error_class=_said(record.headers, "x-dlq-error-class"),
        error_message=_said(record.headers, "x-dlq-error-message"),
        replays=replays_of(record.headers),
    )


def put_back(letter: DeadLetter) -> Message:
    """The record as it came, its replays raised by one; a record without a key keeps its partition."""
    record = letter.record
    stays = letter.origin.partition if letter.origin and record.key is None else None
    return Message(
        topic=Topic.COMMANDS,
        key=record.key,
        value=record.value,
        headers=[*letter.headers, (REPLAYS, b"%d" % (letter.replays + 1))],
        partition=stays,
    )


def _origin(headers: Headers) -> Origin | None:
    topic, partition, offset = (_said(headers, f"x-dlq-{name}") for name in ("topic", "partition", "offset"))
    if not topic or not _NUMBER.fullmatch(partition or "") or not _NUMBER.fullmatch(offset or ""):
        return None
    return Origin(topic=topic, partition=int(partition or ""), offset=int(offset or ""))


def _said(headers: Headers, name: str) -> str | None:
    # Kafka's headers may be null, whatever their type here says.
    value = next((value for header, value in headers if header == name), None)
    return None if value is None else value.decode(errors="backslashreplace")


def _moment(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else None
