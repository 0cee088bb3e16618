"""Every point between two steps, every time it is reached, over the in-memory twins: killed there, or asleep."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from itertools import count

import pytest

from orderflow.wire.records import Topic
from tests.chaos.crash_points import Point
from tests.chaos.crash_world import Weakness, World, after_a_kill, after_a_sleep, killed
from tests.chaos.weakened import sound

Fate = Callable[[Point, int, World], Awaitable[list[str] | None]]

pytestmark = pytest.mark.usefixtures("without_waiting")


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("ERROR", "orderflow")


def endings(fate: Fate, point: Point, held: int, weakness: Weakness = sound) -> Iterator[list[str]]:
    """The violations of each time that the point is reached; at least one."""
    for hit in count(1):

        async def ending(hit: int = hit) -> list[str] | None:
            return await fate(point, hit, World(held=held, weakness=weakness))

        # A loop of its own: what a killed worker had under way ends with it.
        found = asyncio.run(ending())
        if found is None:
            assert hit > 1, f"no batch came by: {point}"
            return
        yield found


@pytest.mark.parametrize("held", [1, 3], ids=["one batch uncommitted", "several batches uncommitted"])
@pytest.mark.parametrize("point", Point)
@pytest.mark.parametrize("fate", [after_a_kill, after_a_sleep])
def test_a_worker_that_stops_between_two_steps_loses_and_doubles_nothing(fate: Fate, point: Point, held: int) -> None:
    assert [found for found in endings(fate, point, held) if found] == []


async def test_a_worker_killed_after_the_refresh_has_sent_no_event_of_that_batch() -> None:
    world = World(held=1, weakness=sound)

    assert await killed(Point.REFRESHED, 1, world)

    assert await world.left.cache.order("case.main")
    assert world.left.publisher.delivered[Topic.EVENTS] == []
