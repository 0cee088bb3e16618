"""HTTP bodies in: what a client may say of a command; its ids and its time are the facade's to add."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated, Any, TypeVar

import orjson
from annotated_types import Len
from pydantic import ConfigDict, TypeAdapter, ValidationError

from orderflow.domain.commands import CancelOrder, ChangeState, Command, CreateOrder
from orderflow.domain.lifecycle import State
from orderflow.domain.limits import MAX_ITEMS, Currency, FilledText, Id, Instant, Text, Version
from orderflow.domain.order import Item, Location
from orderflow.domain.problems import Problem, validation
from orderflow.wire.problems import malformed_json
from orderflow.wire.validation import is_malformed, problem_of, validated

CLOSED = ConfigDict(extra="forbid")
"""Unknown fields are errors, inside items and location too: pydantic hands the setting down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOrderBody:
    """Of `POST /orders`."""

    __pydantic_config__ = CLOSED
    client_id: Id
    items: Annotated[tuple[Item, ...], Len(1, MAX_ITEMS)]
    currency: Currency | None = None
    external_ref: FilledText | None = None
    placed_at: Instant | None = None
    actor: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStateBody:
    """Of `PUT /orders/{id}/state`."""

    __pydantic_config__ = CLOSED
    new_state: State
    expected_version: Version | None = None
    reason: Text | None = None
    note: Text | None = None
    location: Location | None = None
    actor: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelBody:
    """Of `POST /orders/{id}/cancel`."""

    __pydantic_config__ = CLOSED
    reason: FilledText
    expected_version: Version | None = None
    note: Text | None = None
    actor: Text | None = None


Body = CreateOrderBody | ChangeStateBody | CancelBody
T = TypeVar("T")
FieldErrors = Iterator[dict[str, str]]

_CREATE = TypeAdapter(CreateOrderBody)
_CHANGE = TypeAdapter(ChangeStateBody)
_CANCEL = TypeAdapter(CancelBody)
_COMMANDS: dict[type[Body], Callable[..., Command]] = {
    CreateOrderBody: CreateOrder,
    ChangeStateBody: ChangeState,
    CancelBody: CancelOrder,
}


def read_create_order(value: bytes) -> CreateOrderBody | Problem:
    """The body, or the problem that names every field error at once; so do the other two."""
    return read_closed(value, _CREATE, _quoted_prices)


def read_change_state(value: bytes) -> ChangeStateBody | Problem:
    return read_closed(value, _CHANGE)


def read_cancel(value: bytes) -> CancelBody | Problem:
    return read_closed(value, _CANCEL)


def command_of(
    body: Body, *, order_id: str, command_id: str, issued_at: datetime, client_id: str | None = None
) -> Command:
    """The command that the body asks for; with a `client_id` only if the order is that client's."""
    said = {"client_id": client_id, **{field.name: getattr(body, field.name) for field in fields(body)}}
    return _COMMANDS[type(body)](order_id=order_id, command_id=command_id, issued_at=issued_at, **said)


def _no_more(_: object) -> FieldErrors:
    return iter(())


def read_closed(value: bytes, adapter: TypeAdapter[T], further: Callable[[Any], FieldErrors] = _no_more) -> T | Problem:
    """A body of the adapter's type; `further` finds in its JSON what pydantic does not see."""
    # orjson refuses what pydantic takes although it is not JSON, such as NaN.
    try:
        more = list(further(orjson.loads(value)))
    except orjson.JSONDecodeError as error:
        return malformed_json(str(error))
    try:
        body = validated(adapter, value)
    except ValidationError as error:
        return malformed_json("a number is out of range") if is_malformed(error) else _with(problem_of(error), more)
    return validation(more) if more else body


def _with(problem: Problem, more: list[dict[str, str]]) -> Problem:
    found: list[dict[str, str]] = problem.extra["errors"]  # type: ignore[assignment]
    return validation([*found, *more])


def _quoted_prices(said: Any) -> FieldErrors:  # noqa: ANN401 - any JSON
    """Pydantic takes a decimal in quotes for a number, even when it is strict."""
    items = said.get("items") if isinstance(said, dict) else None
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict) and isinstance(item.get("price"), str):
            yield {"pointer": f"#/items/{index}/price", "detail": "Input should be a number"}
