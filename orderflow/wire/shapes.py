"""The JSON that this service sends: each shape is what the function that builds it returns, and what documents show."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NotRequired

from typing_extensions import TypedDict  # pydantic reads typing's only from Python 3.12 on

from orderflow.domain.events import EventType
from orderflow.domain.lifecycle import State
from orderflow.domain.outcome import Status


class Item(TypedDict):
    """One line of an order; the price is for one piece."""

    sku: str
    name: str
    quantity: int
    price: float


class Content(TypedDict):
    """The items and their total that an order got by a change; null where it had them already."""

    items: list[Item] | None
    total: float | None


class Location(TypedDict):
    """Where a change happened, in degrees (WGS 84)."""

    lat: float
    lon: float
    label: str | None


class OrderLinks(TypedDict):
    """Where else an order is to be found."""

    self: str
    state: str
    cancel: str
    hold: str
    release: str
    items: str
    corrections: str
    history: str


class Order(TypedDict):
    """An order; `version` counts its changes and is its entity tag.

    `allowed_transitions` are the states it may move to now, `failed_attempts` counts the times it was not delivered.
    """

    order_id: str
    client_id: str
    state: State
    items: list[Item]
    total: float
    currency: str
    version: int
    on_hold: bool
    hold_reason: str | None
    failed_attempts: int
    placed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    external_ref: str | None
    allowed_transitions: Sequence[State]
    links: OrderLinks


class Trial(Order):
    """An order as it would be: nothing was changed, and its version is the one that it has."""

    dry_run: Literal[True]


HistoryEntry = TypedDict(
    "HistoryEntry",
    {
        "version": int,
        "type": EventType,
        "from": State | None,
        "to": State,
        "at": datetime,
        "command_id": str,
        "actor": str | None,
        "reason": str | None,
        "note": str | None,
        "location": Location | None,
        "items": list[Item] | None,
        "total": float | None,
    },
)


class History(TypedDict):
    """Every change of an order, oldest first."""

    order_id: str
    version: int
    history: list[HistoryEntry]


class CommandLinks(TypedDict):
    """The command's own resource, and its order's."""

    self: str
    order: str


class CommandNamed(TypedDict):
    """Both ids together name a command."""

    order_id: str
    command_id: str


class PendingCommand(CommandNamed):
    """A command on its way or, where its order could not be read, with what became of it."""

    status: Literal["pending"] | Status
    links: CommandLinks


class FieldError(TypedDict):
    """What is wrong with one field of a body (`pointer`, RFC 6901) or with one query parameter."""

    pointer: NotRequired[str]
    parameter: NotRequired[str]
    detail: str


class Problem(TypedDict):
    """RFC 9457: `type` is a bare word, and each type has members of its own beside these."""

    type: str
    title: str
    detail: str
    errors: NotRequired[list[FieldError]]


class HttpProblem(Problem):
    """A problem as an answer's body."""

    status: int


class Outcome(CommandNamed):
    """What became of a command."""

    type: str | None
    status: Status
    error: Problem | None
    replayed: bool
    version: int | None
    state: State | None
    fingerprint: str | None
    at: datetime


class Alive(TypedDict):
    """The process runs."""

    status: Literal["alive"]


class Checks(TypedDict):
    """What each server answers: `ok`, `away`, or why it cannot be used."""

    kafka: str
    mongodb: str
    redis: str


class Ready(TypedDict):
    """Requests can be answered."""

    status: Literal["ready"]
    checks: Checks
