"""JSON of the facade as its shapes say: times as datetimes, states as members."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from orderflow.domain.events import EventType
from orderflow.domain.lifecycle import State
from orderflow.domain.outcome import Status
from orderflow.wire.item_status import ItemStatus


def _member(kind: type[StrEnum]) -> Callable[[str], str]:
    """What a later version knows and we do not stays a word."""
    members: Mapping[str, str] = {member.value: member for member in kind}
    return lambda word: members.get(word, word)


_READERS: Mapping[str, Callable[[str], object]] = {
    **dict.fromkeys(("placed_at", "created_at", "updated_at", "occurred_at", "at"), datetime.fromisoformat),
    **dict.fromkeys(("state", "previous_state", "from", "to", "allowed_transitions"), _member(State)),
    "status": _member(Status),
    "type": _member(EventType),
}
_ITEM_READERS: Mapping[str, Callable[[str], object]] = {**_READERS, "status": _member(ItemStatus)}
"""Of a bulk request's items, which alone have an index."""


def decoded(body: bytes | str) -> Any:  # noqa: ANN401 - one of the shapes
    """Raises ValueError."""
    return json.loads(body, object_hook=_read)


def _read(said: dict[str, Any]) -> dict[str, Any]:
    readers = _ITEM_READERS if "index" in said else _READERS
    for name in readers.keys() & said.keys():
        read, word = readers[name], said[name]
        if isinstance(word, str):
            said[name] = read(word)
        elif isinstance(word, list):
            said[name] = [read(each) if isinstance(each, str) else each for each in word]
    return said
