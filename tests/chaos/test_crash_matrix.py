"""Every point between two steps, every time it is reached, over the in-memory twins: killed there, or asleep."""

import pytest

from orderflow.wire.records import Topic
from tests.chaos.crash_points import Point
from tests.chaos.crash_world import Fate, World, after_a_kill, after_a_sleep, endings, killed
from tests.weakened import sound

pytestmark = pytest.mark.usefixtures("without_waiting", "quiet")


@pytest.mark.parametrize("held", [1, 3], ids=["one batch uncommitted", "several batches uncommitted"])
@pytest.mark.parametrize("point", Point)
@pytest.mark.parametrize("fate", [after_a_kill, after_a_sleep])
def test_a_worker_that_stops_between_two_steps_loses_and_doubles_nothing(fate: Fate, point: Point, held: int) -> None:
    assert [found for found in endings(fate, point, held, sound) if found] == []


async def test_a_worker_killed_after_the_refresh_has_sent_no_event_of_that_batch() -> None:
    world = World(held=1, weakness=sound)

    assert await killed(Point.REFRESHED, 1, world)

    assert await world.left.cache.order("case.main")
    assert world.left.publisher.delivered[Topic.EVENTS] == []
