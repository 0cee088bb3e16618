"""Bulk bodies in: the envelope as a whole, each item by itself, so that one that is not valid refuses no other."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from itertools import islice
from typing import Annotated, Any, TypeVar

import orjson
from annotated_types import Len
from pydantic import StrictBool, TypeAdapter, ValidationError

from orderflow.domain.limits import MAX_BULK, Id
from orderflow.domain.problems import Problem, validation
from orderflow.wire.bodies import CLOSED, CreateOrderBody, read_create_order, reader
from orderflow.wire.change_bodies import ChangeStateBody
from orderflow.wire.problems import malformed_json
from orderflow.wire.validation import problem_of

E = TypeVar("E")

MAX_ERRORS = 10
"""Of one item: a thousand of them are answered together."""
_NESTED = b"[[]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkOrdersBody:
    """Of `POST /orders/bulk`."""

    __pydantic_config__ = CLOSED
    orders: Annotated[tuple[CreateOrderBody, ...], Len(1, MAX_BULK)]
    stop_on_error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkChange(ChangeStateBody):
    """What `PUT /orders/{id}/state` takes, and the order that it is about."""

    __pydantic_config__ = CLOSED
    order_id: Id

    @property
    def change(self) -> ChangeStateBody:
        return ChangeStateBody(**{field.name: getattr(self, field.name) for field in fields(ChangeStateBody)})


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkStateBody:
    """Of `POST /orders/bulk/state`."""

    __pydantic_config__ = CLOSED
    changes: Annotated[tuple[BulkChange, ...], Len(1, MAX_BULK)]
    stop_on_error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """An envelope; `items` are what JSON said, and nobody has looked at it yet; `name` is where they stood."""

    name: str
    items: list[Any]
    stop_on_error: bool
    read: Callable[[bytes], CreateOrderBody | BulkChange | Problem]

    def item(self, index: int) -> CreateOrderBody | BulkChange | Problem:
        """Its body, or what is wrong with it, pointing into the whole body."""
        body = self.read(self.encoded(index))
        return self.placed(body, index) if isinstance(body, Problem) else body

    def encoded(self, index: int) -> bytes:
        """The item's JSON, the same however its fields were ordered."""
        try:
            return orjson.dumps(self.items[index], option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError:
            return _NESTED  # Deeper than orjson writes, and than anything valid.

    def placed(self, problem: Problem, index: int) -> Problem:
        errors: list[dict[str, str]] = problem.extra.get("errors", [])  # type: ignore[assignment]
        place = f"#/{self.name}/{index}"
        found = [{**error, "pointer": f"{place}{error['pointer'][1:]}"} for error in errors[:MAX_ERRORS]]
        return replace(validation(found), detail=problem.detail) if found else problem


@dataclass(frozen=True, slots=True, kw_only=True)
class _Orders:
    __pydantic_config__ = CLOSED
    orders: Annotated[list[Any], Len(1, MAX_BULK)]
    stop_on_error: StrictBool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Changes:
    __pydantic_config__ = CLOSED
    changes: Annotated[list[Any], Len(1, MAX_BULK)]
    stop_on_error: StrictBool = False


_ORDERS, _CHANGES = TypeAdapter(_Orders), TypeAdapter(_Changes)
_read_change = reader(BulkChange)


def read_bulk_orders(value: bytes) -> Bulk | Problem:
    """The envelope, or what is wrong with it; so does the other one."""
    said = _envelope(value, _ORDERS)
    if isinstance(said, Problem):
        return said
    return Bulk(name="orders", items=said.orders, stop_on_error=said.stop_on_error, read=read_create_order)


def read_bulk_changes(value: bytes) -> Bulk | Problem:
    said = _envelope(value, _CHANGES)
    if isinstance(said, Problem):
        return said
    return Bulk(name="changes", items=said.changes, stop_on_error=said.stop_on_error, read=_read_change)


def _envelope(value: bytes, adapter: TypeAdapter[E]) -> E | Problem:
    try:
        said = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        return malformed_json(str(error))
    if not isinstance(said, dict):
        return validation([{"pointer": "#", "detail": "Input should be an object"}])
    try:
        return adapter.validate_python(dict(islice(said.items(), MAX_ERRORS)))
    except ValidationError as error:
        return problem_of(error)
