from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from orderflow.domain.lifecycle import TERMINAL, State
from orderflow.domain.standing import Standing
from orderflow.insights.census import Census
from tests.unit.happened import HOUR, NOW, standing

STANDINGS = st.builds(
    Standing,
    version=st.integers(1, 4),
    state=st.sampled_from(State),
    since=st.integers(NOW - 10 * HOUR, NOW),
    client_id=st.sampled_from(["a", "b"]),
    created_at=st.just(NOW),
    on_hold=st.booleans(),
)
LIMITS = {state: 5 * HOUR for state in State if state not in TERMINAL}


@given(st.lists(st.tuples(st.sampled_from("wxyz"), STANDINGS)))
def test_counts_follow_from_the_newest_standings_however_they_came(puts: list[tuple[str, Standing]]) -> None:
    census, newest = Census(), dict[str, Standing]()
    for order_id, found in puts:
        newer = order_id not in newest or found.version >= newest[order_id].version
        assert census.put(order_id, found) is newer
        if newer:
            newest[order_id] = found
    census.in_order()

    assert census.standings == newest
    assert +census.by_state == Counter(found.state for found in newest.values())
    assert census.on_hold == sum(found.on_hold for found in newest.values())
    for client in ("a", "b"):
        own = Counter(found.state for found in newest.values() if found.client_id == client)
        assert +census.by_client.get(client, Counter()) == own
    late = {order_id for order_id, found in newest.items() if found.state in LIMITS and found.since + 5 * HOUR <= NOW}
    assert {order_id for order_id, _ in census.waiting(LIMITS, NOW)} == late
    assert census.count_waiting(LIMITS, NOW) == Counter(newest[order_id].state for order_id in late)


def test_those_that_wait_longest_come_first_and_a_state_without_a_limit_is_never_long() -> None:
    census = Census()
    for order_id, hours, state in (("a", 3, State.CREATED), ("b", 9, State.CREATED), ("c", 9, State.IN_TRANSIT)):
        census.put(order_id, standing(state, since=NOW - hours * HOUR))
    census.in_order()

    assert [order_id for order_id, _ in census.waiting({State.CREATED: 2 * HOUR}, NOW)] == ["b", "a"]


def test_an_order_of_a_clock_that_is_ahead_hides_nobody_behind_it() -> None:
    census = Census()
    census.in_order()
    for order_id, hours in (("ahead", -24), ("late", 3), ("new", 0)):
        census.put(order_id, standing(since=NOW - hours * HOUR))
    limits = {State.CREATED: 2 * HOUR}

    assert [order_id for order_id, _ in census.waiting(limits, NOW)] == ["late"]
    assert census.count_waiting(limits, NOW) == {State.CREATED: 1}
