"""Token buckets: never more than the rate, never less than it either, and each name for itself."""

from hypothesis import given
from hypothesis import strategies as st

from orderflow.access.rates import Buckets, Rate
from tests.unit.clocks import Clock

RATE = Rate(per_second=4, burst=3)


def test_a_burst_goes_through_then_one_each_interval() -> None:
    clock = Clock()
    buckets = Buckets(RATE, clock)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.25]
    clock.pass_(0.25)
    assert [buckets.take("a") for _ in range(2)] == [0, 0.25]


def test_each_name_has_a_bucket_of_its_own() -> None:
    buckets = Buckets(Rate(1, 1), Clock())
    assert buckets.take("a") == 0
    assert buckets.take("b") == 0
    assert buckets.take("a") > 0


def test_what_is_owed_is_waited_for() -> None:
    clock = Clock()
    buckets = Buckets(RATE, clock)
    buckets.owe("a", 10)
    assert buckets.take("a") == 2
    clock.pass_(2)
    assert [buckets.take("a") for _ in range(2)] == [0, 0.25]


def test_looking_takes_nothing() -> None:
    buckets = Buckets(Rate(1, 1), Clock())
    assert [buckets.wait("a") for _ in range(3)] == [0, 0, 0]
    assert buckets.take("a") == 0


@given(st.lists(st.integers(0, 40), max_size=60))
def test_in_no_span_is_more_let_through_than_the_rate_and_a_burst(pauses: list[int]) -> None:
    clock = Clock()
    buckets = Buckets(RATE, clock)
    passed = []
    for pause in pauses:
        clock.pass_(pause / 64)
        if not buckets.take("a"):
            passed.append(clock.now)
    for first, start in enumerate(passed):
        for last in range(first, len(passed)):
            assert last - first + 1 <= RATE.burst + (passed[last] - start) * RATE.per_second


@given(st.integers(0, 200))
def test_who_waits_as_long_as_told_is_let_through(tries: int) -> None:
    clock = Clock()
    buckets = Buckets(RATE, clock)
    for _ in range(tries % 7):
        buckets.take("a")
    clock.pass_(buckets.wait("a"))
    assert buckets.take("a") == 0
