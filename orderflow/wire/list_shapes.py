"""What a list of orders looks like."""

from typing import Any, Literal, NotRequired, Required

from typing_extensions import TypedDict  # pydantic reads typing's only from Python 3.12 on

from orderflow.wire.shapes import Order

_FIELDS: dict[str, Any] = {**Order.__annotations__, "order_id": Required[str]}
OrderExcerpt: Any = TypedDict("OrderExcerpt", _FIELDS, total=False)  # type: ignore[misc] # the very fields of an order
"""What `fields` leaves of an order."""


class Total(TypedDict):
    """How many orders there are when they are counted: `eq`, so many; `gte`, so many or more."""

    value: int
    relation: Literal["eq", "gte"]


class OrderList(TypedDict):
    """A page of orders."""

    orders: list[Order | OrderExcerpt]
    total: NotRequired[Total]
    next_cursor: str | None
