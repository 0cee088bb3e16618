"""What has to become of a record, told from its key and value alone, by code that the worker does not share."""

import json
import re
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

MAX_DEPTH = 200
"""Deeper JSON counts as unreadable; so do whole numbers of more than 4 300 digits, on both sides."""
MAX_BYTES = 2**20
_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_STRING_OR_SCALAR = re.compile(r'"(?:[^"\\]|\\.)*"|[^\[\]{}"]+')

Command = tuple[str, str]
"""Order id and command id."""


@dataclass(frozen=True, slots=True)
class Fate:
    """Exactly one outcome of this command, a rejection where `refused`; or exactly one dead letter (None)."""

    command: Command | None
    refused: bool = False


def fate_of(key: bytes | None, value: bytes | None) -> Fate:
    """What is readable and names order and command has an outcome: a rejection, under a foreign key or too large."""
    said = _json(value or b"")
    if not isinstance(said, dict):
        return Fate(None)
    order_id, command_id = said.get("order_id"), said.get("command_id")
    if not (_is_id(order_id) and _is_id(command_id)):
        return Fate(None)
    return Fate((order_id, command_id), refused=key != order_id.encode() or len(value or b"") > MAX_BYTES)


def _is_id(said: Any) -> bool:  # noqa: ANN401 - any JSON
    return isinstance(said, str) and _ID.fullmatch(said) is not None


def _json(value: bytes) -> Any:  # noqa: ANN401 - any JSON
    """None for what is not JSON: no UTF-8, a half of a surrogate pair, too deep."""
    try:
        text = value.decode()
        # Pairs show members that a later one of the same name hides.
        json.dumps(json.loads(text, object_pairs_hook=list), ensure_ascii=False).encode()
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return said if _depth(text) <= MAX_DEPTH else None


def _depth(text: str) -> int:
    brackets = _STRING_OR_SCALAR.sub("", text)
    return max(accumulate(1 if bracket in "[{" else -1 for bracket in brackets), default=0)
