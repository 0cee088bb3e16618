"""States of an order and the tables that say which state may follow which."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from orderflow.domain.errors import LifecycleError


class State(StrEnum):
    """Where an order is on its way; the last four are terminal."""

    CREATED = "created"
    CONFIRMED = "confirmed"
    ASSIGNED = "assigned"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPT_FAILED = "attempt_failed"
    RETURNING = "returning"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    FAILED = "failed"


TERMINAL = frozenset({State.DELIVERED, State.RETURNED, State.CANCELLED, State.FAILED})
NOT_FORWARD = frozenset({State.ATTEMPT_FAILED, State.RETURNING, State.RETURNED, State.CANCELLED, State.FAILED})
"""Where an order may go although it is on hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """One transition table: each state's allowed next states, and where a cancellation leads from it."""

    transitions: Mapping[State, tuple[State, ...]]
    cancel: Mapping[State, State]

    def __post_init__(self) -> None:
        for state, following in self.transitions.items():
            if state in TERMINAL and following:
                raise LifecycleError(f"transitions.{state}: a terminal state has no exits")
        for state in self._reachable():
            if state not in TERMINAL and not self.allowed(state):
                raise LifecycleError(f"transitions.{state}: an order could never leave this state")
        for state in self.transitions:
            if state not in self._reachable():
                raise LifecycleError(f"transitions.{state}: no order can reach this state")
        for state, target in self.cancel.items():
            if target not in self.allowed(state):
                raise LifecycleError(f"cancel.{state}: {target} is not among its allowed next states")

    def allowed(self, state: State) -> tuple[State, ...]:
        return self.transitions.get(state, ())

    def is_cancelled(self, state: State) -> bool:
        """Whether a cancellation has nothing left to do in this state."""
        return state in self.cancel.values()

    def is_amendable(self, state: State) -> bool:
        """Whether an order is not picked up yet: so long it can be cancelled outright, and its items be changed."""
        return self.cancel.get(state) is State.CANCELLED

    def _reachable(self) -> set[State]:
        seen, found = set[State](), {State.CREATED}
        while found:
            seen |= found
            found = {following for state in found for following in self.allowed(state)} - seen
        return seen


def lifecycle_from(table: Mapping[str, object]) -> Lifecycle:
    """Build a table from parsed TOML: `[transitions] created = ["confirmed"]`, `[cancel] created = "cancelled"`.

    Raises LifecycleError naming the entry that is wrong.
    """
    transitions, cancel = _section(table, "transitions"), _section(table, "cancel")
    return Lifecycle(
        transitions={
            _state("transitions", name): tuple(
                _state(f"transitions.{name}", following) for following in _names(name, row)
            )
            for name, row in transitions.items()
        },
        cancel={_state("cancel", name): _state(f"cancel.{name}", target) for name, target in cancel.items()},
    )


def _section(table: Mapping[str, object], name: str) -> Mapping[str, object]:
    section = table.get(name)
    if not isinstance(section, Mapping):
        raise LifecycleError(f"{name}: this table is missing")
    return section


def _names(state: str, row: object) -> list[object]:
    if not isinstance(row, list):
        raise LifecycleError(f"transitions.{state}: must be a list of states")
    return row


def _state(where: str, name: object) -> State:
    try:
        return State(str(name))
    except ValueError:
        raise LifecycleError(f"{where}: {name!r} is not a state; use one of {', '.join(State)}") from None
