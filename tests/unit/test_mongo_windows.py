"""Windows must together hold every moment once, whatever the hint."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from orderflow.adapters.mongo_windows import Filter, windows

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = some.timedeltas(timedelta(days=-20_000), timedelta(days=1)).map(lambda away: NOW + away)


def holds(window: Filter, moment: datetime) -> bool:
    limits = window["created_at"]
    return limits.get("$gte", moment) <= moment and not ("$lt" in limits and moment >= limits["$lt"])


@given(moment=MOMENTS, landmark=some.none() | MOMENTS)
def test_without_an_end_every_moment_is_in_one_window(moment: datetime, landmark: datetime | None) -> None:
    assert [holds(window, moment) for window in windows(None, NOW, landmark)].count(True) == 1


@given(moment=MOMENTS, end=MOMENTS)
def test_only_moments_before_the_end_are_in_a_window(moment: datetime, end: datetime) -> None:
    assert [holds(window, moment) for window in windows(end, NOW, None)].count(True) == (moment < end)


@given(landmark=some.none() | MOMENTS)
def test_there_are_few_windows(landmark: datetime | None) -> None:
    assert len(list(windows(None, NOW, landmark))) < 30


def test_an_end_before_all_orders_is_no_trouble() -> None:
    assert len(list(windows(datetime.min.replace(tzinfo=UTC), NOW, None))) == 1


def test_windows_are_narrow_again_behind_the_landmark() -> None:
    landmark = NOW - timedelta(hours=5)
    starts = [window["created_at"]["$gte"] for window in windows(None, NOW, landmark) if "$gte" in window["created_at"]]
    assert starts[starts.index(landmark) + 1] == landmark - timedelta(seconds=1)
