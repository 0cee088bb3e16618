"""Events in, as far as statistics need them; standings of orders out and in again, as a table's changelog has them."""

from collections.abc import Mapping
from datetime import datetime
from sys import intern
from typing import Any

import orjson

from orderflow.domain.events import EventType
from orderflow.domain.lifecycle import State
from orderflow.domain.standing import Happening, Standing

_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)


def read_happening(value: bytes | None) -> Happening:
    """Raises ValueError for what is no event, or none of a kind that this version knows."""
    try:
        fields: Mapping[str, Any] = orjson.loads(value or b"")
        before = fields["previous_state"]
        return Happening(
            order_id=fields["order_id"] + "",
            client_id=intern(fields["client_id"]),
            type=EventType(fields["type"]),
            version=fields["version"] + 0,
            state=State(fields["state"]),
            previous_state=None if before is None else State(before),
            at=round(datetime.fromisoformat(fields["occurred_at"]).timestamp() * 1_000),
        )
    except _UNREADABLE as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def encode_standing(standing: Standing) -> bytes:
    """A list, for there is one for each order."""
    flags = (1 if standing.on_hold else 0) | (2 if standing.told else 0)
    times = (standing.since, standing.created_at)
    return orjson.dumps([standing.version, standing.state, *times, standing.client_id, flags])


def decode_standing(value: bytes) -> Standing:
    """Raises ValueError."""
    try:
        version, state, since, created_at, client_id, flags = orjson.loads(value)
        return Standing(
            version=version,
            state=State(state),
            since=since,
            client_id=intern(client_id),
            created_at=created_at,
            on_hold=bool(flags & 1),
            told=bool(flags & 2),
        )
    except _UNREADABLE as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error
