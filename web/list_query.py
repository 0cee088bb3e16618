"""The query of `GET /orders`: every parameter that is not valid is named at once."""

from functools import partial

from multidict import MultiMapping

from orderflow.domain.lifecycle import State
from orderflow.domain.limits import has_id_characters
from orderflow.ports import ListQuery
from web.cursors import CursorError, Position, decode_cursor
from web.parameters import DEFAULT_LIMIT, Parameters, member, page_size

_KNOWN = ("client_id", "state", "limit", "cursor")


def read_list_query(query: MultiMapping[str]) -> ListQuery:
    parameters = Parameters(query, _KNOWN)
    client_id = parameters.one("client_id", _client_id)
    states = parameters.every("state", partial(member, State))
    limit = parameters.one("limit", page_size)
    before = parameters.one("cursor", _cursor)
    parameters.raise_errors()
    return ListQuery(
        client_id=client_id, states=tuple(sorted(set(states))), limit=limit or DEFAULT_LIMIT, before=before
    )


def _client_id(value: str) -> str:
    if not has_id_characters(value):
        raise ValueError("must be 1 to 128 characters of A-Z a-z 0-9 . _ : -")
    return value


def _cursor(value: str) -> Position:
    try:
        return decode_cursor(value)
    except CursorError:
        raise ValueError("must be a next_cursor that a list gave") from None
