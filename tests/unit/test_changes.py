"""What amending and correcting do to an order, and what holds of every kind of change."""

from dataclasses import replace
from decimal import Decimal

import pytest

from orderflow.domain.commands import ChangeCommand
from orderflow.domain.decision import Applied, Rejected, Unchanged
from orderflow.domain.events import OrderAmended, OrderCorrected
from orderflow.domain.evolve import evolve
from orderflow.domain.lifecycle import Lifecycle, State
from orderflow.domain.order import Location, Order
from tests.builders import (
    amend_order,
    cancel_order,
    change_state,
    correct_order,
    hold_order,
    item,
    release_order,
)
from tests.unit.decided import after, applied, decided, held, order_in, problem_of

BEFORE_PICK_UP = [State.CREATED, State.CONFIRMED, State.ASSIGNED]
SAID = {"actor": "alice", "reason": "why", "note": "n", "location": Location(lat=1.5, lon=2, label="hub")}
EVERY_KIND = [change_state(), cancel_order(), hold_order(), amend_order(), correct_order()]


@pytest.mark.parametrize("command", EVERY_KIND, ids=lambda command: command.type)
def test_every_event_says_what_its_command_said(command: ChangeCommand) -> None:
    event = applied(order_in(State.CREATED), replace(command, **SAID))  # type: ignore[arg-type]
    assert {name: getattr(event, name) for name in SAID} == SAID
    assert (event.version, event.previous_state, event.command_id) == (2, State.CREATED, command.command_id)


@pytest.mark.parametrize("command", [*EVERY_KIND, release_order()], ids=lambda command: command.type)
def test_the_expected_version_and_the_end_of_the_history_count_for_every_kind(command: ChangeCommand) -> None:
    order = order_in(State.CREATED, version=10_000, hold_reason="held" if command == release_order() else None)
    assert problem_of(decided(order, replace(command, expected_version=9_999))).type == "version-conflict"
    assert problem_of(decided(order, command)).type == "history-full"


@pytest.mark.parametrize("state", BEFORE_PICK_UP)
@pytest.mark.parametrize("order_of", [order_in, held], ids=["free", "held"])
def test_items_are_amended_until_the_order_is_picked_up_held_or_not(order_of: type[Order], state: State) -> None:
    order = order_of(state)
    event = applied(order, amend_order())
    assert isinstance(event, OrderAmended)
    amended = evolve(order, event)
    assert (amended.items, amended.total, amended.state) == ((item(9),), Decimal("100.00"), state)


@pytest.mark.parametrize("state", [state for state in State if state not in BEFORE_PICK_UP])
def test_items_are_not_amended_afterwards(state: State) -> None:
    problem = problem_of(decided(order_in(state), amend_order()))
    assert (problem.type, problem.extra["current"]) == ("transition-not-allowed", state)
    assert problem.detail == f"An order that is {state} cannot have its items changed."


def test_a_table_of_ones_own_says_by_its_cancel_targets_until_when_items_are_amended() -> None:
    table = Lifecycle(
        transitions={
            State.CREATED: (State.IN_TRANSIT, State.FAILED),
            State.IN_TRANSIT: (State.CANCELLED,),
            State.CANCELLED: (),
            State.FAILED: (),
        },
        cancel={State.CREATED: State.FAILED, State.IN_TRANSIT: State.CANCELLED},
    )
    assert isinstance(decided(order_in(State.IN_TRANSIT), amend_order(), table), Applied)
    assert isinstance(decided(order_in(State.CREATED), amend_order(), table), Rejected)


@pytest.mark.parametrize("state", list(State))
def test_the_same_items_are_unchanged(state: State) -> None:
    order = order_in(state)
    assert decided(order, replace(amend_order(), items=order.items)) == Unchanged()


@pytest.mark.parametrize("state", list(State))
def test_a_dry_run_is_decided_as_the_real_one_and_changes_nothing(state: State) -> None:
    real, dry = (decided(order_in(state), amend_order(dry_run=dry)) for dry in (False, True))
    assert dry == (Unchanged() if isinstance(real, Applied) else real)


@pytest.mark.parametrize("order_of", [order_in, held], ids=["free", "held"])
@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("target", list(State))
def test_a_correction_sets_any_state_whatever_the_lifecycle_says(
    order_of: type[Order], state: State, target: State
) -> None:
    decision = decided(order_of(state), correct_order(state=target))
    if target == state:
        assert decision == Unchanged()
    else:
        assert isinstance(decision, Applied)
        assert (decision.event.previous_state, decision.event.state) == (state, target)


def test_a_correction_tells_of_items_only_if_they_became_others() -> None:
    order = order_in(State.DELIVERED)
    both = applied(order, correct_order(items=(item(9),)))
    only_state = applied(order, correct_order(items=order.items))
    only_items = applied(order, correct_order(state=None, items=(item(9),)))
    told = [(event.state, event.items) for event in (both, only_state, only_items) if isinstance(event, OrderCorrected)]
    assert told == [(State.IN_TRANSIT, (item(9),)), (State.IN_TRANSIT, None), (State.DELIVERED, (item(9),))]
    assert evolve(order, only_items).total == Decimal("100.00")
    assert decided(order, correct_order(state=State.DELIVERED, items=order.items)) == Unchanged()


def test_failed_attempts_are_counted_each_time_the_order_gets_there() -> None:
    out, failed = change_state(new_state=State.OUT_FOR_DELIVERY), change_state(new_state=State.ATTEMPT_FAILED)
    order = after(order_in(State.CREATED), out, failed, out, failed)
    assert order.failed_attempts == 2
    corrected = correct_order(state=State.ATTEMPT_FAILED, items=(item(9),))
    assert after(order, corrected).failed_attempts == 2, "it was there already"
    assert after(order, correct_order(state=State.DELIVERED), corrected).failed_attempts == 3
