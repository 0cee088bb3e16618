"""What the command line and HTTP show of a dead letter."""

import base64
from collections.abc import Sequence

from orderflow.wire.desk_shapes import Encoded, Letter, LetterHeader, LetterList, LetterOrigin, WholeLetter
from orderflow.wire.json import dumps
from orderflow.wire.letters import DeadLetter, LetterId, Origin


def encode_letter(letter: DeadLetter) -> bytes:
    """As lists show it."""
    return dumps(letter_json(letter))


def encode_letter_whole(letter: DeadLetter) -> bytes:
    """With the record's own headers and its value; what is not UTF-8 comes in base64 and says so."""
    return dumps(whole_letter_json(letter))


def whole_letter_json(letter: DeadLetter) -> WholeLetter:
    headers: list[LetterHeader] = [{"name": name, **_encoded(value)} for name, value in letter.headers]
    return {**letter_json(letter), "headers": headers, **_encoded(letter.record.value)}


def encode_letters(shown: Sequence[Letter], next_cursor: LetterId | None) -> bytes:
    """A page of them, each as letter_json shows it."""
    page: LetterList = {"dead_letters": list(shown), "next_cursor": None if next_cursor is None else str(next_cursor)}
    return dumps(page)


def letter_json(letter: DeadLetter) -> Letter:
    return {
        "id": str(letter.id),
        "at": letter.at,
        "stage": letter.stage,
        "key": letter.key,
        "error_class": letter.error_class,
        "error_message": letter.error_message,
        "replays": letter.replays,
        "origin": _origin(letter.origin) if letter.origin else None,
        "timestamp": letter.record.timestamp,
        "group": letter.group,
    }


def _origin(origin: Origin) -> LetterOrigin:
    return {"topic": origin.topic, "partition": origin.partition, "offset": origin.offset}


def _encoded(value: bytes | None) -> Encoded:
    if value is None:
        return {"value": None, "encoding": None}
    try:
        return {"value": value.decode(), "encoding": "utf-8"}
    except UnicodeDecodeError:
        return {"value": base64.b64encode(value).decode(), "encoding": "base64"}
