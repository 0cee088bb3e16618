from orderflow.domain.lifecycle import State
from orderflow.insights.windows import Stay, Windows
from tests.unit.happened import HOUR, MINUTE, NOW, happening, standing

MOVE = happening(version=2, state=State.IN_TRANSIT, before=State.CREATED)


def test_moves_are_counted_by_the_minute_in_which_they_happened() -> None:
    windows = Windows()
    for at in (NOW - MINUTE, NOW, NOW + 1):
        windows.note(happening(at=at), None, NOW)
    assert windows.moves(NOW) == {NOW // MINUTE - 1: 1, NOW // MINUTE: 2}


def test_what_is_no_move_is_not_counted() -> None:
    windows = Windows()
    windows.note(happening(version=2, before=State.CREATED), standing(), NOW)
    assert not windows.moves(NOW)


def test_a_state_that_was_left_lasted_since_it_was_entered() -> None:
    windows = Windows()
    for hours in (1, 3):
        windows.note(MOVE, standing(since=NOW - hours * HOUR), NOW)
    assert windows.stays(NOW) == {State.CREATED: Stay(2, 4 * HOUR, 3 * HOUR)}


def test_nothing_older_than_an_hour_is_kept_and_nothing_of_tomorrow() -> None:
    windows = Windows()
    windows.note(happening(at=NOW - HOUR), None, NOW)
    windows.note(happening(at=NOW + HOUR), None, NOW)
    assert not windows.moves(NOW)
    windows.note(MOVE, standing(since=NOW - 1), NOW)
    assert windows.moves(NOW + HOUR - MINUTE)
    assert not windows.moves(NOW + HOUR)
    assert not windows.stays(NOW + HOUR)


def test_a_year_of_moves_takes_no_more_than_an_hour_does() -> None:
    windows = Windows()
    for minute in range(10_000):
        at = NOW + minute * MINUTE
        windows.note(happening(at=at), None, at)
    assert len(windows._windows) <= 61  # noqa: SLF001 - its memory is what is tested
