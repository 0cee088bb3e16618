"""Query parameters: how each is read and what documents say of it; every one that is not valid is named at once."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, Generic, TypeVar

from annotated_types import Interval
from multidict import MultiMapping

from orderflow.wire.problems import bad_query
from orderflow.wire.validation import MAX_ERRORS
from web.http.refusals import RefusedError, printable

DEFAULT_LIMIT = 50
MAX_LIMIT = 200

T = TypeVar("T")
U = TypeVar("U")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Generic[T]):
    """`parse` reads one value, or says with a ValueError what it must be; `type` is what documents show of it.

    A `repeatable` one may be given more than once.
    """

    name: str
    parse: Callable[[str], T]
    type: Any
    description: str
    repeatable: bool = False

    def read_by(self, parse: Callable[[str], U]) -> "Parameter[U]":
        """The same parameter, read by what is only known with the request."""
        return Parameter(name=self.name, parse=parse, type=self.type, description=self.description)


class Parameters:
    """Reads a query, and collects what is wrong with it."""

    def __init__(self, query: MultiMapping[str], known: Collection[Parameter[Any]]) -> None:
        self._query = query
        names = {parameter.name for parameter in known}
        self._errors = [
            {"parameter": printable(name), "detail": "is not a known parameter"}
            for name in dict.fromkeys(query)
            if name not in names
        ]

    def one(self, parameter: Parameter[T]) -> T | None:
        found = self.every(parameter)
        if len(self._query.getall(parameter.name, ())) > 1:
            self.refuse(parameter, "may be given only once")
        return found[0] if found else None

    def every(self, parameter: Parameter[T]) -> list[T]:
        found = []
        for value in self._query.getall(parameter.name, ()):
            try:
                found.append(parameter.parse(value))
            except ValueError as error:
                self.refuse(parameter, str(error))
        return found

    def refuse(self, parameter: Parameter[Any], detail: str) -> None:
        """What only shows beside the other parameters."""
        self._errors.append({"parameter": parameter.name, "detail": detail})

    def raise_errors(self) -> None:
        """Raises RefusedError, of a size that does not outgrow the question's."""
        if self._errors:
            raise RefusedError(bad_query(self._errors[:MAX_ERRORS]))


def member(kind: type[E], value: str) -> E:
    """One of the words that there are."""
    try:
        return kind(value)
    except ValueError:
        raise ValueError(f"must be one of {', '.join(kind)}") from None


def one_of(name: str, kind: type[E], description: str, *, repeatable: bool = False) -> Parameter[E]:
    """A parameter that takes the enum's words."""
    return Parameter(name=name, parse=partial(member, kind), type=kind, description=description, repeatable=repeatable)


def _page_size(value: str) -> int:
    if not re.fullmatch("[0-9]{1,4}", value) or not 1 <= int(value) <= MAX_LIMIT:
        raise ValueError(f"must be a number from 1 to {MAX_LIMIT}")
    return int(value)


LIMIT = Parameter(
    name="limit",
    parse=_page_size,
    type=Annotated[int, Interval(ge=1, le=MAX_LIMIT)],
    description=f"Most entries on a page; {DEFAULT_LIMIT} where it is not given.",
)
