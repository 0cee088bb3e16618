"""What can be asked of an order; (order_id, command_id) identifies a command everywhere."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from annotated_types import Len

from orderflow.domain.lifecycle import State
from orderflow.domain.limits import MAX_ITEMS, Currency, FilledText, Id, Instant, Text, Version
from orderflow.domain.order import Item, Location


class CommandType(StrEnum):
    """The `type` of a command, as it stands in records and outcomes."""

    CREATE_ORDER = "create_order"
    CHANGE_STATE = "change_state"
    CANCEL_ORDER = "cancel_order"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOrder:
    """Take a new order. `placed_at` is the client's own time; `external_ref` is unique per client."""

    type: Literal[CommandType.CREATE_ORDER] = CommandType.CREATE_ORDER
    command_id: Id
    order_id: Id
    client_id: Id
    items: Annotated[tuple[Item, ...], Len(1, MAX_ITEMS)]
    currency: Currency | None = None
    external_ref: FilledText | None = None
    placed_at: Instant | None = None
    actor: Text | None = None
    issued_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeState:
    """Move an order to a state that its lifecycle allows; `expected_version` guards against a lost update.

    With a `client_id`, as in every change, an order of another client counts as none.
    """

    type: Literal[CommandType.CHANGE_STATE] = CommandType.CHANGE_STATE
    command_id: Id
    order_id: Id
    client_id: Id | None = None
    new_state: State
    expected_version: Version | None = None
    reason: Text | None = None
    note: Text | None = None
    location: Location | None = None
    actor: Text | None = None
    issued_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder:
    """Cancel by intent: where that leads is the lifecycle's to say."""

    type: Literal[CommandType.CANCEL_ORDER] = CommandType.CANCEL_ORDER
    command_id: Id
    order_id: Id
    client_id: Id | None = None
    reason: FilledText
    expected_version: Version | None = None
    note: Text | None = None
    actor: Text | None = None
    issued_at: datetime | None = None


Command = CreateOrder | ChangeState | CancelOrder
