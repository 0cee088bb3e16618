"""Windows must together hold every moment of their span once, in order, whatever the hint."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from orderflow.adapters.mongo_windows import Span, newest_first, oldest_first

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FAR = some.timedeltas(timedelta(days=-20_000), timedelta(days=1))
NEAR = some.integers(-12, 4).map(lambda steps: steps * timedelta(milliseconds=250))
MOMENTS = (NEAR | FAR).map(lambda away: NOW + away)
BOUNDS = some.none() | MOMENTS
TICK = timedelta(milliseconds=100)
SPANS = some.builds(Span, BOUNDS, BOUNDS)
WALKS = pytest.mark.parametrize("walk", [newest_first, oldest_first])

Walk = Callable[[Span, datetime, datetime | None], Iterator[Span]]


def windows(walk: Walk, span: Span, landmark: datetime | None = None) -> list[Span]:
    return [window for window in walk(span, NOW, landmark) if not window.is_empty]


@WALKS
@given(span=SPANS, moment=MOMENTS, landmark=BOUNDS)
@example(span=Span(NOW - 9 * TICK, NOW - 5 * TICK), moment=NOW - 3 * TICK, landmark=NOW)
def test_every_moment_of_the_span_is_in_one_window_and_no_other_moment_in_any(
    walk: Walk, span: Span, moment: datetime, landmark: datetime | None
) -> None:
    held = [window.holds(moment) for window in windows(walk, span, landmark)]
    assert held.count(True) == span.holds(moment)


@WALKS
@given(span=SPANS, landmark=BOUNDS)
def test_windows_follow_each_other_and_are_few(walk: Walk, span: Span, landmark: datetime | None) -> None:
    walked = windows(walk, span, landmark)
    if walk is newest_first:
        walked = walked[::-1]
    assert all(earlier.end == later.start for earlier, later in pairwise(walked))
    assert len(walked) < 30


@given(span=SPANS, moment=MOMENTS, other=MOMENTS)
def test_a_span_is_cut_in_two_by_a_moment(span: Span, moment: datetime, other: datetime) -> None:
    before, since = span.before(moment), span.since(moment)
    assert (before.holds(other), since.holds(other)) == (
        span.holds(other) and other < moment,
        span.holds(other) and other >= moment,
    )


@WALKS
def test_the_first_window_that_may_hold_orders_is_narrow(walk: Walk) -> None:
    landmark = NOW - timedelta(hours=5)
    walked = windows(walk, Span(), landmark)
    behind = walked[next(number for number, window in enumerate(walked) if landmark in window) + 1]
    assert behind.start
    assert behind.end
    assert behind.end - behind.start == timedelta(seconds=1)


@pytest.mark.parametrize("beyond", [timedelta(days=3), timedelta(days=9_000)])
def test_an_end_long_after_now_leaves_the_windows_narrow(beyond: timedelta) -> None:
    first = windows(newest_first, Span(None, NOW + beyond))[0]
    assert first == Span(NOW - timedelta(seconds=1), NOW + beyond)
