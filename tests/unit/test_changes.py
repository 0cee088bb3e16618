"""What holding, releasing, amending and correcting do to an order, and what they do not."""

from dataclasses import replace
from decimal import Decimal

import pytest

from orderflow.domain.changes import decide_change
from orderflow.domain.commands import ChangeCommand
from orderflow.domain.decision import Applied, Decision, Rejected, Unchanged
from orderflow.domain.events import Event, OrderAmended, OrderCorrected
from orderflow.domain.evolve import evolve
from orderflow.domain.lifecycle import NOT_FORWARD, TERMINAL, Lifecycle, State
from orderflow.domain.lifecycles import DEFAULT, STRICT
from orderflow.domain.order import Location, Order
from orderflow.domain.problems import Problem
from tests.builders import (
    NOW,
    amend_order,
    cancel_order,
    change_state,
    correct_order,
    hold_order,
    item,
    release_order,
    stored_order,
)

BEFORE_PICK_UP = [State.CREATED, State.CONFIRMED, State.ASSIGNED]
SAID = {"actor": "alice", "reason": "why", "note": "n", "location": Location(lat=1.5, lon=2, label="hub")}
EVERY_KIND = [change_state(), cancel_order(), hold_order(), amend_order(), correct_order()]


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


@pytest.mark.parametrize("state", [state for state in State if state not in TERMINAL])
def test_a_hold_is_put_on_and_taken_off_in_any_state_on_the_way(state: State) -> None:
    order = after(order_in(state), hold_order())
    assert (order.state, order.hold_reason, order.version) == (state, "address unclear", 2)
    order = after(order, release_order())
    assert (order.state, order.hold_reason, order.version) == (state, None, 3)


@pytest.mark.parametrize("state", list(State))
def test_holding_twice_and_releasing_what_is_not_held_change_nothing(state: State) -> None:
    assert decided(held(state), hold_order(reason="another")) == Unchanged()
    assert decided(order_in(state), release_order()) == Unchanged()


@pytest.mark.parametrize("state", sorted(TERMINAL))
def test_an_order_at_its_end_is_not_put_on_hold_but_released(state: State) -> None:
    problem = problem_of(decided(order_in(state), hold_order()))
    assert (problem.type, problem.detail) == (
        "transition-not-allowed",
        f"An order that is {state} cannot be put on hold.",
    )
    assert after(held(state), release_order()).hold_reason is None


@pytest.mark.parametrize("lifecycle", [STRICT, DEFAULT], ids=["strict", "default"])
@pytest.mark.parametrize("target", list(State))
@pytest.mark.parametrize("state", list(State))
def test_a_held_order_moves_out_of_the_way_but_never_forward(state: State, target: State, lifecycle: Lifecycle) -> None:
    free = decided(order_in(state), change_state(new_state=target), lifecycle)
    decision = decided(held(state), change_state(new_state=target), lifecycle)
    if isinstance(free, Applied) and target not in NOT_FORWARD:
        problem = problem_of(decision)
        assert (problem.type, problem.extra["hold_reason"]) == ("order-on-hold", "address unclear")
        assert (problem.extra["current"], problem.extra["requested"]) == (state, target)
    else:
        assert type(decision) is type(free)


@pytest.mark.parametrize("state", list(State))
def test_what_an_order_may_do_now_is_what_it_is_not_refused(state: State) -> None:
    for order in (order_in(state), held(state)):
        moves = [decided(order, change_state(new_state=target)) for target in State]
        possible = {decision.event.state for decision in moves if isinstance(decision, Applied)}
        assert set(order.allowed(DEFAULT)) == possible


@pytest.mark.parametrize("state", list(State))
def test_a_hold_keeps_no_order_from_being_cancelled(state: State) -> None:
    assert type(decided(held(state), cancel_order())) is type(decided(order_in(state), cancel_order()))


def test_an_order_stays_on_hold_until_it_is_released() -> None:
    assert after(held(State.IN_TRANSIT), cancel_order(), correct_order(state=State.CREATED)).hold_reason


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
