"""decide() and evolve(): every rule of an order's life."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from orderflow.domain.commands import CancelOrder, ChangeState, Command
from orderflow.domain.decide import Rules, decide
from orderflow.domain.decision import Applied, Decision, Rejected, Unchanged
from orderflow.domain.events import Event, OrderStateChanged
from orderflow.domain.evolve import evolve
from orderflow.domain.lifecycle import TERMINAL, State
from orderflow.domain.lifecycles import DEFAULT, STRICT
from orderflow.domain.order import Item, Order, total_of
from orderflow.domain.problems import Problem
from tests.builders import NOW, RULES, cancel_order, change_state, create_order, stored_order

REFUSING = [State.DELIVERED, State.RETURNED, State.FAILED]
BEFORE_PICK_UP = [State.CREATED, State.CONFIRMED, State.ASSIGNED]
AFTER_PICK_UP = [State.PICKED_UP, State.IN_TRANSIT, State.OUT_FOR_DELIVERY, State.ATTEMPT_FAILED]


def order_in(state: State, version: int = 1) -> Order:
    return replace(stored_order().order, state=state, version=version)


def applied(decision: Decision) -> Event:
    assert isinstance(decision, Applied), decision
    return decision.event


def problem_of(decision: Decision) -> Problem:
    assert isinstance(decision, Rejected), decision
    return decision.problem


def test_an_order_begins_created_at_version_1() -> None:
    order = evolve(None, applied(decide(None, create_order(external_ref="shop-77"), NOW, RULES)))
    assert (order.state, order.version, order.total) == (State.CREATED, 1, Decimal("200.00"))
    assert (order.currency, order.external_ref, order.created_at, order.updated_at) == ("USD", "shop-77", NOW, NOW)


def test_an_order_keeps_the_currency_it_names() -> None:
    event = applied(decide(None, replace(create_order(), currency="EUR"), NOW, RULES))
    assert evolve(None, event).currency == "EUR"


def test_an_order_that_exists_is_not_created_again() -> None:
    assert problem_of(decide(order_in(State.CREATED), create_order(), NOW, RULES)).type == "order-exists"


@pytest.mark.parametrize("command", [change_state(), cancel_order(), replace(change_state(), expected_version=1)])
def test_an_order_that_does_not_exist_is_not_found(command: Command) -> None:
    assert problem_of(decide(None, command, NOW, RULES)).type == "order-not-found"


@pytest.mark.parametrize("state", list(State))
def test_the_same_state_is_unchanged(state: State) -> None:
    assert decide(order_in(state), change_state(new_state=state), NOW, RULES) == Unchanged()


@pytest.mark.parametrize("target", list(State))
@pytest.mark.parametrize("state", list(State))
def test_a_change_is_applied_where_the_table_lists_it_and_refused_elsewhere(state: State, target: State) -> None:
    for lifecycle in (STRICT, DEFAULT):
        rules = Rules(lifecycle=lifecycle, currency="USD")
        decision = decide(order_in(state), change_state(new_state=target), NOW, rules)
        assert isinstance(decision, Unchanged if target == state else Applied | Rejected)
        assert isinstance(decision, Applied) == (target in lifecycle.allowed(state))


def test_a_refusal_names_the_current_the_requested_and_the_allowed_states() -> None:
    problem = problem_of(decide(order_in(State.RETURNING), change_state(new_state=State.DELIVERED), NOW, RULES))
    assert problem.type == "transition-not-allowed"
    assert problem.extra == {"current": "returning", "requested": "delivered", "allowed": ["returned", "failed"]}


def test_a_change_carries_what_the_command_said() -> None:
    command = replace(change_state(), actor="alice", reason="r", note="n")
    event = applied(decide(order_in(State.CREATED), command, NOW, RULES))
    assert isinstance(event, OrderStateChanged)
    assert (event.actor, event.reason, event.note, event.command_id) == ("alice", "r", "n", command.command_id)
    assert (event.previous_state, event.state, event.version) == (State.CREATED, State.IN_TRANSIT, 2)


@pytest.mark.parametrize("state", BEFORE_PICK_UP)
def test_a_cancellation_before_pick_up_cancels(state: State) -> None:
    assert applied(decide(order_in(state), cancel_order(), NOW, RULES)).state == State.CANCELLED


@pytest.mark.parametrize("state", AFTER_PICK_UP)
def test_a_cancellation_after_pick_up_returns(state: State) -> None:
    assert applied(decide(order_in(state), cancel_order(), NOW, RULES)).state == State.RETURNING


@pytest.mark.parametrize("state", [State.CANCELLED, State.RETURNING])
def test_a_cancellation_of_what_is_cancelled_or_returning_is_unchanged(state: State) -> None:
    assert decide(order_in(state), cancel_order(), NOW, RULES) == Unchanged()


@pytest.mark.parametrize("state", REFUSING)
def test_a_cancellation_is_refused_in_other_terminal_states(state: State) -> None:
    problem = problem_of(decide(order_in(state), cancel_order(), NOW, RULES))
    assert problem.extra == {"current": state, "requested": None, "allowed": []}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("command", [change_state(), cancel_order()])
def test_the_expected_version_is_checked_before_the_state(state: State, command: ChangeState | CancelOrder) -> None:
    stale = replace(command, expected_version=1)
    problem = problem_of(decide(order_in(state, version=2), stale, NOW, RULES))
    assert problem.type == "version-conflict"
    assert problem.extra == {"expected_version": 1, "current_version": 2}
    current = replace(command, expected_version=2)
    assert decide(order_in(state, version=2), current, NOW, RULES) == decide(order_in(state, 2), command, NOW, RULES)


def test_the_ten_thousandth_change_is_the_last() -> None:
    assert applied(decide(order_in(State.CREATED, 9_999), change_state(), NOW, RULES)).version == 10_000
    full = order_in(State.CREATED, 10_000)
    assert problem_of(decide(full, change_state(), NOW, RULES)).type == "history-full"
    assert problem_of(decide(full, cancel_order(), NOW, RULES)).type == "history-full"
    assert decide(full, change_state(new_state=State.CREATED), NOW, RULES) == Unchanged()
    assert problem_of(decide(full, change_state(new_state=State.RETURNED), NOW, RULES)).type == "transition-not-allowed"


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=1), timedelta(microseconds=1)])
def test_an_orders_time_never_goes_back(late: timedelta) -> None:
    assert applied(decide(order_in(State.CREATED), change_state(), NOW - late, RULES)).occurred_at == NOW


def test_times_are_cut_to_milliseconds() -> None:
    fine, cut = NOW + timedelta(microseconds=1999), NOW + timedelta(milliseconds=1)
    created = applied(decide(None, replace(create_order(), placed_at=fine), fine, RULES))
    order = evolve(None, created)
    assert (order.created_at, order.updated_at, order.placed_at) == (cut, cut, cut)
    later = applied(decide(order, change_state(), fine + timedelta(milliseconds=1), RULES))
    assert later.occurred_at == NOW + timedelta(milliseconds=2)


def test_a_change_of_nothing_is_impossible() -> None:
    moved = applied(decide(order_in(State.CREATED), change_state(), NOW, RULES))
    with pytest.raises(ValueError, match="before it was created"):
        evolve(None, moved)


moves = some.builds(change_state, new_state=some.sampled_from(State)) | some.just(cancel_order())
moments = some.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=NOW.tzinfo))  # noqa: DTZ001 - bounds are naive


@settings(max_examples=60)
@given(some.lists(some.tuples(moves, moments), max_size=12))
def test_versions_have_no_gap_time_only_rises_and_terminal_states_stay(steps: list[tuple[Command, datetime]]) -> None:
    events = [applied(decide(None, create_order(), NOW, RULES))]
    order = evolve(None, events[0])
    for command, now in steps:
        decision = decide(order, command, now, RULES)
        if not isinstance(decision, Applied):
            continue
        assert order.state not in TERMINAL
        assert (decision.event.previous_state, decision.event.version) == (order.state, order.version + 1)
        order = evolve(order, decision.event)
        events.append(decision.event)
    times = [event.occurred_at for event in events]
    assert times == sorted(times)
    again: Order | None = None
    for event in events:
        again = evolve(again, event)
    assert again == order
    assert order.version == len(events)


prices = some.decimals(min_value=0, max_value=10**9, places=4)
lines = some.builds(Item, sku=some.just("a"), name=some.just("b"), quantity=some.integers(1, 10**6), price=prices)


@settings(max_examples=60)
@given(some.lists(lines, min_size=1, max_size=20))
def test_the_total_is_exact(items: list[Item]) -> None:
    units = sum(item.quantity * int(item.price * 10_000) for item in items)
    assert total_of(tuple(items)) * 10_000 == units
