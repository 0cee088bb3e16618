"""Query parameters: every one that is not valid is named at once."""

import re
from collections.abc import Callable, Collection
from enum import StrEnum
from typing import TypeVar

from multidict import MultiMapping

from orderflow.wire.problems import bad_query
from web.refusals import RefusedError, printable

DEFAULT_LIMIT = 50
MAX_LIMIT = 200

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


class Parameters:
    """Collects what is wrong with a query; a parse function says it with a ValueError."""

    def __init__(self, query: MultiMapping[str], known: Collection[str]) -> None:
        self._query = query
        self._errors = [
            {"parameter": printable(name), "detail": "is not a known parameter"}
            for name in dict.fromkeys(query)
            if name not in known
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


def page_size(value: str) -> int:
    if not re.fullmatch("[0-9]{1,4}", value) or not 1 <= int(value) <= MAX_LIMIT:
        raise ValueError(f"must be a number from 1 to {MAX_LIMIT}")
    return int(value)


def member(kind: type[E], value: str) -> E:
    """One of the words that there are."""
    try:
        return kind(value)
    except ValueError:
        raise ValueError(f"must be one of {', '.join(kind)}") from None
