"""An order in any state, and what is decided of it."""

from dataclasses import replace

from orderflow.domain.changes import decide_change
from orderflow.domain.commands import ChangeCommand
from orderflow.domain.decision import Applied, Decision, Rejected
from orderflow.domain.events import Event
from orderflow.domain.evolve import evolve
from orderflow.domain.lifecycle import Lifecycle, State
from orderflow.domain.lifecycles import DEFAULT
from orderflow.domain.order import Order
from orderflow.domain.problems import Problem
from tests.builders import NOW, stored_order


def order_in(state: State, **fields: object) -> Order:
    return replace(stored_order().order, state=state, **fields)  # type: ignore[arg-type]


def held(state: State = State.CREATED) -> Order:
    return order_in(state, hold_reason="address unclear")


def decided(order: Order, command: ChangeCommand, lifecycle: Lifecycle = DEFAULT) -> Decision:
    return decide_change(order, command, NOW, lifecycle)


def applied(order: Order, command: ChangeCommand) -> Event:
    decision = decided(order, command)
    assert isinstance(decision, Applied), decision
    return decision.event


def after(order: Order, *commands: ChangeCommand) -> Order:
    for command in commands:
        order = evolve(order, applied(order, command))
    return order


def problem_of(decision: Decision) -> Problem:
    assert isinstance(decision, Rejected), decision
    return decision.problem
