"""The transition tables, written out; and what a table of one's own may not say."""

import tomllib

import pytest

from orderflow.domain.errors import LifecycleError
from orderflow.domain.lifecycle import TERMINAL, Lifecycle, State, lifecycle_from
from orderflow.domain.lifecycles import DEFAULT, STRICT

STRICT_TABLE = {
    "created": {"confirmed", "cancelled", "failed"},
    "confirmed": {"assigned", "cancelled", "failed"},
    "assigned": {"picked_up", "cancelled", "failed"},
    "picked_up": {"in_transit", "returning", "failed"},
    "in_transit": {"out_for_delivery", "returning", "failed"},
    "out_for_delivery": {"delivered", "attempt_failed", "returning", "failed"},
    "attempt_failed": {"out_for_delivery", "returning", "failed"},
    "returning": {"returned", "failed"},
    "delivered": set(),
    "returned": set(),
    "cancelled": set(),
    "failed": set(),
}
SKIPS = {
    "created": {"assigned", "picked_up", "in_transit", "out_for_delivery"},
    "confirmed": {"picked_up", "in_transit", "out_for_delivery"},
    "assigned": {"in_transit", "out_for_delivery"},
    "picked_up": {"out_for_delivery", "delivered"},
    "in_transit": {"delivered"},
}
CANCEL_TABLE = {
    "created": "cancelled",
    "confirmed": "cancelled",
    "assigned": "cancelled",
    "picked_up": "returning",
    "in_transit": "returning",
    "out_for_delivery": "returning",
    "attempt_failed": "returning",
}
OWN_TABLE = """
[transitions]
created = ["in_transit", "cancelled"]
in_transit = ["delivered"]
[cancel]
created = "cancelled"
"""


def custom(toml: str) -> Lifecycle:
    return lifecycle_from(tomllib.loads(toml))


@pytest.mark.parametrize("state", list(State))
def test_the_strict_table_allows_each_state_what_the_design_says(state: State) -> None:
    assert set(STRICT.allowed(state)) == STRICT_TABLE[state]


@pytest.mark.parametrize("state", list(State))
def test_the_default_table_adds_forward_skips_and_nothing_else(state: State) -> None:
    assert set(DEFAULT.allowed(state)) == STRICT_TABLE[state] | SKIPS.get(state, set())


@pytest.mark.parametrize("lifecycle", [STRICT, DEFAULT])
def test_a_cancellation_leads_to_cancelled_before_pick_up_and_to_returning_after(lifecycle: Lifecycle) -> None:
    assert lifecycle.cancel == CANCEL_TABLE


@pytest.mark.parametrize("lifecycle", [STRICT, DEFAULT])
def test_no_state_is_listed_twice(lifecycle: Lifecycle) -> None:
    assert all(len(set(row)) == len(row) for row in lifecycle.transitions.values())


def test_the_terminal_states_are_these_four() -> None:
    assert {"delivered", "returned", "cancelled", "failed"} == TERMINAL


@pytest.mark.parametrize("state", list(State))
def test_a_cancellation_is_done_when_cancelled_or_returning(state: State) -> None:
    assert DEFAULT.is_cancelled(state) == (state in {"cancelled", "returning"})


def test_a_table_of_ones_own_is_read_from_toml() -> None:
    lifecycle = custom(OWN_TABLE)
    assert lifecycle.allowed(State.CREATED) == (State.IN_TRANSIT, State.CANCELLED)
    assert lifecycle.allowed(State.DELIVERED) == ()
    assert lifecycle.cancel == {State.CREATED: State.CANCELLED}


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ('created = ["in_transit"', 'created = ["teleported"', "transitions.created: 'teleported' is not a state"),
        ("in_transit =", "hovering =", "transitions: 'hovering' is not a state"),
        ('created = "cancelled"', 'somewhere = "cancelled"', "cancel: 'somewhere' is not a state"),
        ('created = "cancelled"', 'created = "nowhere"', "cancel.created: 'nowhere' is not a state"),
        ('["delivered"]', '["delivered"]\nassigned = ["failed"]', "transitions.assigned: no order can reach"),
        ('["delivered"]', '["delivered"]\nreturned = []', "transitions.returned: no order can reach"),
        ('["delivered"]', '["delivered"]\ndelivered = ["failed"]', "transitions.delivered: a terminal state"),
        ('["delivered"]', '["delivered", "returning"]', "transitions.returning: an order could never leave"),
        ('in_transit = ["delivered"]', "in_transit = []", "transitions.in_transit: an order could never leave"),
        ('created = "cancelled"', 'created = "returning"', "cancel.created: returning is not among"),
        ('created = "cancelled"', 'in_transit = "cancelled"', "cancel.in_transit: cancelled is not among"),
        ('["delivered"]', '"delivered"', "transitions.in_transit: must be a list"),
        ("[transitions]", "[moves]", "transitions: this table is missing"),
        ("[cancel]", "[cancellations]", "cancel: this table is missing"),
    ],
)
def test_what_is_wrong_with_a_table_is_named(before: str, after: str, named: str) -> None:
    assert before in OWN_TABLE
    with pytest.raises(LifecycleError) as raised:
        custom(OWN_TABLE.replace(before, after, 1))
    assert str(raised.value).startswith(named)
