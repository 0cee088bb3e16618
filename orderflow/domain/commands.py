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
    HOLD_ORDER = "hold_order"
    RELEASE_ORDER = "release_order"
    AMEND_ORDER = "amend_order"
    CORRECT_ORDER = "correct_order"


Items = Annotated[tuple[Item, ...], Len(1, MAX_ITEMS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOrder:
    """Take a new order. `placed_at` is the client's own time; `external_ref` is unique per client."""

    type: Literal[CommandType.CREATE_ORDER] = CommandType.CREATE_ORDER
    command_id: Id
    order_id: Id
    client_id: Id
    items: Items
    currency: Currency | None = None
    external_ref: FilledText | None = None
    placed_at: Instant | None = None
    actor: Text | None = None
    issued_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOrder:
    """What every command that changes an order may say; `expected_version` guards against a lost update.

    With a `client_id` an order of another client counts as none.
    """

    type: CommandType
    command_id: Id
    order_id: Id
    client_id: Id | None = None
    expected_version: Version | None = None
    reason: Text | None = None
    note: Text | None = None
    location: Location | None = None
    actor: Text | None = None
    issued_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeState(ChangeOrder):
    """Move an order to a state that its lifecycle allows."""

    type: Literal[CommandType.CHANGE_STATE] = CommandType.CHANGE_STATE
    new_state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder(ChangeOrder):
    """Cancel by intent: where that leads is the lifecycle's to say."""

    type: Literal[CommandType.CANCEL_ORDER] = CommandType.CANCEL_ORDER
    reason: FilledText


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldOrder(ChangeOrder):
    """Keep an order, whatever its state, from moving forward until it is released."""

    type: Literal[CommandType.HOLD_ORDER] = CommandType.HOLD_ORDER
    reason: FilledText


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseOrder(ChangeOrder):
    """Let an order that is on hold move forward again."""

    type: Literal[CommandType.RELEASE_ORDER] = CommandType.RELEASE_ORDER


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendOrder(ChangeOrder):
    """Give an order that is not picked up yet other items; a `dry_run` only finds out whether that may be done."""

    type: Literal[CommandType.AMEND_ORDER] = CommandType.AMEND_ORDER
    items: Items
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectOrder(ChangeOrder):
    """Set right what an order says, whatever its lifecycle allows: its state, its items, or both."""

    type: Literal[CommandType.CORRECT_ORDER] = CommandType.CORRECT_ORDER
    reason: FilledText
    state: State | None = None
    items: Items | None = None


ChangeCommand = ChangeState | CancelOrder | HoldOrder | ReleaseOrder | AmendOrder | CorrectOrder
Command = CreateOrder | ChangeCommand
