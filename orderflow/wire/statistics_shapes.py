"""What statistics look like."""

from datetime import datetime

from typing_extensions import TypedDict  # pydantic reads typing's only from Python 3.12 on

from orderflow.domain.lifecycle import State


class Minute(TypedDict):
    """How many orders entered a state within the minute that begins then."""

    minute: datetime
    transitions: int


class TimeInState(TypedDict):
    """How long orders were in a state that they left within the last hour."""

    count: int
    mean_seconds: float
    max_seconds: float


class StuckOrder(TypedDict):
    """An order that is in its state for longer than it should be."""

    order_id: str
    client_id: str
    state: State
    since: datetime


class ClientStatistics(TypedDict):
    """How many orders of one client are in each state."""

    by_state: dict[State, int]
    total: int
    complete: bool
    as_of: datetime | None


class Statistics(TypedDict):
    """How many orders are in each state, how they move, and which are stuck, of every partition that is `complete`.

    `as_of` is the moment of the oldest part of it; `instances` count who works on it.
    """

    by_state: dict[State, int]
    total: int
    on_hold: int
    transitions_per_minute: list[Minute]
    time_in_state: dict[State, TimeInState]
    stuck: dict[State, int]
    stuck_orders: list[StuckOrder]
    instances: int
    complete: bool
    as_of: datetime | None
