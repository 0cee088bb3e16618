"""What a hold keeps an order from, and what it does not."""

import pytest

from orderflow.domain.decision import Applied, Unchanged
from orderflow.domain.lifecycle import NOT_FORWARD, TERMINAL, Lifecycle, State
from orderflow.domain.lifecycles import DEFAULT, STRICT
from tests.builders import cancel_order, change_state, correct_order, hold_order, release_order
from tests.unit.decided import after, decided, held, order_in, problem_of


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
