"""A page's end as an opaque word: where the next page of the same list begins, whatever is inserted meanwhile."""

import hashlib
import struct
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from orderflow.domain.limits import has_id_characters
from orderflow.domain.listing import ListQuery, Position
from orderflow.wire.opaque import decode_opaque, encode_opaque

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_VERSION = 1
_HEAD = struct.Struct(">B9sq")
"""Version, seal and milliseconds since 1970; the order id follows."""


class Cursor(NamedTuple):
    """A position, sealed with the filters and the sort of its list: a word cut, made up or of another list shows."""

    seal: bytes
    position: Position

    def is_of(self, query: ListQuery) -> bool:
        return self.seal == _seal(query, self.position)


def encode_cursor(query: ListQuery, position: Position) -> str:
    return _word(Cursor(_seal(query, position), position))


def decode_cursor(word: str) -> Cursor:
    """Raises ValueError for what encode_cursor never wrote, as far as that can be told without the query."""
    try:
        inside = decode_opaque(word)
        version, seal, milliseconds = _HEAD.unpack(inside[: _HEAD.size])
        cursor = Cursor(seal, (_EPOCH + milliseconds * _MILLISECOND, inside[_HEAD.size :].decode()))
        genuine = version == _VERSION and has_id_characters(cursor.position[1]) and _word(cursor) == word
    except (ValueError, OverflowError, struct.error):
        genuine = False
    if not genuine:
        raise ValueError("must be the next_cursor of a page")
    return cursor


def _word(cursor: Cursor) -> str:
    moment, order_id = cursor.position
    head = _HEAD.pack(_VERSION, cursor.seal, (moment - _EPOCH) // _MILLISECOND)
    return encode_opaque(head + order_id.encode())


def _seal(query: ListQuery, position: Position) -> bytes:
    """Neither the length of a page nor what is shown of an order counts: they may change on the way."""
    times = (moment and moment.isoformat() for moment in (query.created_after, query.created_before, position[0]))
    states = (state.value for state in query.states)
    sealed = [_VERSION, query.client_id, [*states], query.external_ref, query.sort.value, *times, position[1]]
    return hashlib.sha256(repr(sealed).encode()).digest()[:9]
