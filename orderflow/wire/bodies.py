"""HTTP bodies in: what a client may say of a command; its ids and its time are the facade's to add."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, TypeVar

import orjson
from pydantic import ConfigDict, TypeAdapter, ValidationError

from orderflow.domain.commands import Command, CreateOrder, Items
from orderflow.domain.limits import Currency, FilledText, Id, Instant, Text, Version
from orderflow.domain.order import Location
from orderflow.domain.problems import Problem, validation
from orderflow.wire.problems import malformed_json
from orderflow.wire.validation import is_malformed, problem_of, validated

CLOSED = ConfigDict(extra="forbid")
"""Unknown fields are errors, inside items and location too: pydantic hands the setting down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOrderBody:
    """Of `POST /orders`."""

    __pydantic_config__ = CLOSED
    makes: ClassVar[Callable[..., Command]] = CreateOrder
    client_id: Id
    items: Items
    currency: Currency | None = None
    external_ref: FilledText | None = None
    placed_at: Instant | None = None
    actor: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBody:
    """What every request that changes an order may say."""

    __pydantic_config__ = CLOSED
    makes: ClassVar[Callable[..., Command]]
    expected_version: Version | None = None
    reason: Text | None = None
    note: Text | None = None
    location: Location | None = None
    actor: Text | None = None


T = TypeVar("T")
FieldErrors = Iterator[dict[str, str]]
Read = Callable[[bytes], T | Problem]
"""Gives the body, or the problem that names every field error at once."""


def command_of(
    body: CreateOrderBody | ChangeBody,
    *,
    order_id: str,
    command_id: str,
    issued_at: datetime,
    client_id: str | None = None,
) -> Command:
    """The command that the body asks for; with a `client_id` only if the order is that client's."""
    said = {"client_id": client_id, **{field.name: getattr(body, field.name) for field in fields(body)}}
    return type(body).makes(order_id=order_id, command_id=command_id, issued_at=issued_at, **said)


def _no_more(_: object) -> FieldErrors:
    return iter(())


def reader(body: type[T], further: Callable[[Any], FieldErrors] = _no_more) -> Read[T]:
    """Of bodies of that type; `further` finds in their JSON what pydantic does not see."""
    adapter = TypeAdapter(body)
    return lambda value: read_closed(value, adapter, further)


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


def quoted_prices(said: Any) -> FieldErrors:  # noqa: ANN401 - any JSON
    """Pydantic takes a decimal in quotes for a number, even when it is strict."""
    items = said.get("items") if isinstance(said, dict) else None
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict) and isinstance(item.get("price"), str):
            yield {"pointer": f"#/items/{index}/price", "detail": "Input should be a number"}


read_create_order = reader(CreateOrderBody, quoted_prices)
