"""pydantic's verdicts as problems: every field at once, each with a JSON pointer (RFC 6901)."""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, from_json, to_json

from orderflow.domain import problems
from orderflow.domain.limits import MAX_ITEMS
from orderflow.domain.problems import Problem

T = TypeVar("T")

MAX_ERRORS = 100
"""More would only make the answer larger than the question."""

_LARGE = 2**14
"""Fewer bytes cannot hold too many errors."""

_MAX_FIELDS = 64
"""More than any object has."""

_PREDICATES = {
    "has_id_characters": "must be 1 to 128 characters of A-Z a-z 0-9 . _ : -",
    "has_at_most_4_decimals": "must have at most 4 decimals",
    "has_time_zone": "must have a time zone",
    "is_currency_code": "must be three capital letters",
    "is_letter_id": "must be PARTITION-OFFSET, as in 3-17",
}


def validated(adapter: TypeAdapter[T], value: bytes | str) -> T:
    """Raises pydantic's ValidationError, of a size that can be read out.

    A megabyte of items or of unknown fields holds a million errors, which take seconds to find and to read: what is
    beyond the limit goes first.
    """
    return adapter.validate_json(value if len(value) < _LARGE else _cut(value), strict=True)


def _cut(value: bytes | str) -> bytes | str:
    """Leaves one item or more fields than there are, so that what was not valid still is not."""
    try:
        said = from_json(value)
    except ValueError:
        return value
    return to_json(_few(said), inf_nan_mode="constants") if _is_wide(said) else value


def _is_wide(said: object) -> bool:
    match said:
        case dict():
            return len(said) > _MAX_FIELDS or any(_is_wide(member) for member in said.values())
        case list():
            return len(said) > MAX_ITEMS or any(_is_wide(member) for member in said)
        case _:
            return False


def _few(said: object) -> object:
    match said:
        case dict():
            return {name: _few(member) for name, member in islice(said.items(), _MAX_FIELDS)}
        case list():
            return [_few(member) for member in said[: MAX_ITEMS + 1]]
        case _:
            return said


def is_malformed(error: ValidationError) -> bool:
    """Whether the input was not even JSON."""
    return error.error_count() == 1 and error.errors(include_url=False)[0]["type"] == "json_invalid"


def problem_of(error: ValidationError, tags: Collection[str] = ()) -> Problem:
    """`tags` are names of a tagged union's members, which pydantic puts into an error's path."""
    details = _causes(error.errors(include_url=False, include_input=False))
    found = [{"pointer": _pointer(detail, tags), "detail": _detail(detail)} for detail in islice(details, MAX_ERRORS)]
    return problems.validation(found)


def _causes(details: list[ErrorDetails]) -> Iterator[ErrorDetails]:
    """Leaves out that a list is too short when it only is so for its members that are not valid."""
    for detail in details:
        path = detail["loc"]
        deeper = (other for other in details if len(other["loc"]) > len(path) and other["loc"][: len(path)] == path)
        if detail["type"] != "too_short" or not any(deeper):
            yield detail


def _pointer(error: ErrorDetails, tags: Collection[str]) -> str:
    path = error["loc"]
    if path and path[0] in tags:
        path = path[1:]
    if error["type"].startswith("union_tag"):
        path = ("type",)
    return "/".join(["#", *(str(step).replace("~", "~0").replace("/", "~1")[:128] for step in path)])


def _detail(error: ErrorDetails) -> str:
    if error["type"] == "predicate_failed":
        return next((text for name, text in _PREDICATES.items() if name in error["msg"]), error["msg"])
    if error["type"] == "union_tag_invalid":
        return "is not a known command type"
    if error["type"] == "union_tag_not_found":
        return "is required"
    if error["type"] == "unexpected_keyword_argument":
        return "is not a known field"
    return error["msg"]
