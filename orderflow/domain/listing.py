"""Lists of orders: which orders, in what order, and where a page begins."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from orderflow.domain.lifecycle import State
from orderflow.domain.order import Order

Position = tuple[datetime, str]
"""An order's place in a list: its moment, and among orders of one moment its id."""


class Sort(StrEnum):
    """By which moment, and which way: a minus means the latest first."""

    NEWEST = "-created_at"
    OLDEST = "created_at"
    CHANGED_LAST = "-updated_at"
    CHANGED_FIRST = "updated_at"

    @property
    def field(self) -> str:
        return self.removeprefix("-")

    @property
    def descending(self) -> bool:
        return self.startswith("-")

    @property
    def by_change(self) -> bool:
        """Whether a change moves an order within the list."""
        return self.field == "updated_at"

    def position(self, order: Order) -> Position:
        return (order.updated_at if self.by_change else order.created_at), order.order_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """A page of a list: at most `limit` orders that stand behind the position `after`. No states means every state.

    `created_after` counts itself in and `created_before` does not, so that ranges that touch share no order. A sort by
    change and an `external_ref` go with a `client_id` only.
    """

    client_id: str | None = None
    states: tuple[State, ...] = ()
    created_after: datetime | None = None
    created_before: datetime | None = None
    external_ref: str | None = None
    sort: Sort = Sort.NEWEST
    limit: int = 50
    after: Position | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """How many orders a list has, or at least has."""

    value: int
    exact: bool
