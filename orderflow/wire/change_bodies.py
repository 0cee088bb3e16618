"""HTTP bodies in: the changes of an order, one kind for each resource that takes them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from pydantic import ConfigDict

from orderflow.domain.commands import (
    AmendOrder,
    CancelOrder,
    ChangeState,
    Command,
    CorrectOrder,
    HoldOrder,
    Items,
    ReleaseOrder,
)
from orderflow.domain.lifecycle import State
from orderflow.domain.limits import FilledText
from orderflow.wire.bodies import CLOSED, ChangeBody, quoted_prices, reader


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStateBody(ChangeBody):
    """Of `PUT /orders/{id}/state`."""

    makes: ClassVar[Callable[..., Command]] = ChangeState
    new_state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelBody(ChangeBody):
    """Of `POST /orders/{id}/cancel`."""

    makes: ClassVar[Callable[..., Command]] = CancelOrder
    reason: FilledText


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldBody(ChangeBody):
    """Of `POST /orders/{id}/hold`."""

    makes: ClassVar[Callable[..., Command]] = HoldOrder
    reason: FilledText


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseBody(ChangeBody):
    """Of `POST /orders/{id}/release`."""

    makes: ClassVar[Callable[..., Command]] = ReleaseOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendBody(ChangeBody):
    """Of `PUT /orders/{id}/items`."""

    makes: ClassVar[Callable[..., Command]] = AmendOrder
    items: Items
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectBody(ChangeBody):
    """Of `POST /orders/{id}/corrections`: a state, items, or both."""

    __pydantic_config__ = CLOSED | ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": ["state"], "properties": {"state": {"type": "string"}}},
                {"required": ["items"], "properties": {"items": {"type": "array"}}},
            ]
        }
    )
    makes: ClassVar[Callable[..., Command]] = CorrectOrder
    reason: FilledText
    state: State | None = None
    items: Items | None = None


read_change_state = reader(ChangeStateBody)
read_cancel = reader(CancelBody)
read_hold = reader(HoldBody)
read_release = reader(ReleaseBody)
read_amend = reader(AmendBody, quoted_prices)
read_correct = reader(CorrectBody, quoted_prices)
