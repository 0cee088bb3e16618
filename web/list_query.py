"""The query of `GET /orders`: every parameter that is not valid is named at once."""

import re
from collections.abc import Callable
from typing import TypeVar

from multidict import MultiMapping

from orderflow.domain.lifecycle import State
from orderflow.domain.limits import has_id_characters
from orderflow.ports import ListQuery
from orderflow.wire.problems import bad_query
from web.cursors import CursorError, Position, decode_cursor
from web.refusals import RefusedError, printable

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
_KNOWN = ("client_id", "state", "limit", "cursor")

T = TypeVar("T")


def read_list_query(query: MultiMapping[str]) -> ListQuery:
    parameters = _Parameters(query)
    client_id = parameters.one("client_id", _client_id)
    states = parameters.every("state", _state)
    limit = parameters.one("limit", _limit)
    before = parameters.one("cursor", _cursor)
    parameters.raise_errors()
    return ListQuery(
        client_id=client_id, states=tuple(sorted(set(states))), limit=limit or DEFAULT_LIMIT, before=before
    )


class _Parameters:
    """Collects what is wrong; a parse function says it with a ValueError."""

    def __init__(self, query: MultiMapping[str]) -> None:
        self._query = query
        self._errors = [
            {"parameter": printable(name), "detail": "is not a known parameter"}
            for name in dict.fromkeys(query)
            if name not in _KNOWN
        ]

    def one(self, name: str, parse: Callable[[str], T]) -> T | None:
        found = self.every(name, parse)
        if len(self._query.getall(name, ())) > 1:
            self._errors.append({"parameter": name, "detail": "may be given only once"})
        return found[0] if found else None

    def every(self, name: str, parse: Callable[[str], T]) -> list[T]:
        found = []
        for value in self._query.getall(name, ()):
            try:
                found.append(parse(value))
            except ValueError as error:
                self._errors.append({"parameter": name, "detail": str(error)})
        return found

    def raise_errors(self) -> None:
        if self._errors:
            raise RefusedError(bad_query(self._errors))


def _client_id(value: str) -> str:
    if not has_id_characters(value):
        raise ValueError("must be 1 to 128 characters of A-Z a-z 0-9 . _ : -")
    return value


def _state(value: str) -> State:
    try:
        return State(value)
    except ValueError:
        raise ValueError(f"must be one of {', '.join(State)}") from None


def _limit(value: str) -> int:
    if not re.fullmatch("[0-9]{1,4}", value) or not 1 <= int(value) <= MAX_LIMIT:
        raise ValueError(f"must be a number from 1 to {MAX_LIMIT}")
    return int(value)


def _cursor(value: str) -> Position:
    try:
        return decode_cursor(value)
    except CursorError:
        raise ValueError("must be a next_cursor that a list gave") from None
