"""The JSON that operators are sent about dead letters."""

from datetime import datetime
from typing import Literal

from typing_extensions import TypedDict  # pydantic reads typing's only from Python 3.12 on

from orderflow.wire.commands import Stage


class LetterOrigin(TypedDict):
    """Where the record stood that was set aside."""

    topic: str
    partition: int
    offset: int


class Encoded(TypedDict):
    """Bytes as text; null where there are none."""

    value: str | None
    encoding: Literal["utf-8", "base64"] | None


class LetterHeader(Encoded):
    """A header of the record, as it came."""

    name: str


class Letter(TypedDict):
    """A dead letter as lists show it; `id` is PARTITION-OFFSET."""

    id: str
    at: datetime | None
    stage: Stage | None
    key: str | None
    error_class: str | None
    error_message: str | None
    replays: int
    origin: LetterOrigin | None
    timestamp: int
    group: str | None


class WholeLetter(Letter, Encoded):
    """A dead letter with its record's headers and value."""

    headers: list[LetterHeader]


class LetterList(TypedDict):
    """A page of dead letters."""

    dead_letters: list[Letter]
    next_cursor: str | None


class ReplayFailure(TypedDict):
    """A letter that could not be put back."""

    id: str
    reason: str


class ReplayDone(TypedDict):
    """What a replay did or, as a dry run, would do."""

    dry_run: bool
    planned: int
    replayed: int
    skipped: int
    replaced: int
    failed: int
    failures: list[ReplayFailure]


class PurgeDone(TypedDict):
    """What a purge did or, as a dry run, would do."""

    dry_run: bool
    purged: int
    held_back: int
