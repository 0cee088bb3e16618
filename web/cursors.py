"""A page's end as an opaque word: where the next page begins, whatever is inserted meanwhile."""

import base64
import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_INSIDE = re.compile(r"([0-9]{1,15}):([A-Za-z0-9._:-]{1,128})")

Position = tuple[datetime, str]


class CursorError(ValueError):
    """A word that encode_cursor never wrote."""


def encode_cursor(position: Position) -> str:
    created_at, order_id = position
    return base64.urlsafe_b64encode(f"{(created_at - _EPOCH) // _MILLISECOND}:{order_id}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> Position:
    """Raises CursorError."""
    try:
        inside = _INSIDE.fullmatch(_decoded(cursor))
        position = (_EPOCH + int(inside[1]) * _MILLISECOND, inside[2]) if inside else None
    except (ValueError, OverflowError) as error:
        raise CursorError(cursor) from error
    if position is None or encode_cursor(position) != cursor:
        raise CursorError(cursor)
    return position


def _decoded(cursor: str) -> str:
    return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars="-_", validate=True).decode()
