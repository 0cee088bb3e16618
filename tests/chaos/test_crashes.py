"""Real workers killed between each two steps of a batch, on real servers, one after the other.

Each worker takes over what the one before has left and dies in its own case; the last one is as it should be. Two such
rows run side by side: one commits after every batch, the other leaves several batches uncommitted.
Of points that leave the same behind one is tried; over the in-memory twins all of them are.
ORDERFLOW_CRASH_FULL=1 tries every point in each of the first four batches of its case.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.chaos.crash_deployment import CrashDeployment
from tests.chaos.crash_points import Point
from tests.chaos.crash_rows import FULL, Crash, violations_after_crashes

SAME_REMAINS = {Point.TAKEN, Point.DECODED, Point.LOADED, Point.PUBLISHING, Point.ACKNOWLEDGED}
"""Nothing was written since the batch came, or since the save, or since the outcomes."""

pytestmark = pytest.mark.apache_kafka


async def test_a_worker_killed_between_any_two_steps_loses_and_doubles_nothing(
    servers: dict[str, str], unique: str, tmp_path: Path
) -> None:
    one = CrashDeployment(servers, f"{unique}-one", tmp_path / "one", partitions=1)
    several = CrashDeployment(servers, f"{unique}-several", tmp_path / "several", partitions=1)

    found = await asyncio.gather(
        violations_after_crashes(one, row(2)),
        violations_after_crashes(several, row(3), CRASH_HOLDS_COMMITS="1"),
    )

    assert found == [[], []]
    assert all([(await deployment.remains([])).repeated for deployment in (one, several)])


def row(batch: int) -> Sequence[Crash]:
    if FULL:
        return [Crash(point, each) for each in range(1, 5) for point in Point]
    return [Crash(point, batch) for point in Point if point not in SAME_REMAINS]
