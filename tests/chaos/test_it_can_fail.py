"""Without one of the pieces that carry the guarantee, the crash matrix and its real twin find violations."""

import asyncio
from pathlib import Path

import pytest

from tests.chaos.crash_deployment import CrashDeployment
from tests.chaos.crash_points import Point
from tests.chaos.crash_rows import Crash, violations_after_a_sleep, violations_after_crashes
from tests.chaos.crash_world import Weakness, after_a_kill, after_a_sleep
from tests.chaos.test_crash_matrix import Fate, endings
from tests.chaos.test_zombie import STALE_REPLACEMENTS
from tests.chaos.weakened import hasty, miscounting, sound, unguarded


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("ERROR", "orderflow")


def violated(fate: Fate, point: Point, weakness: Weakness) -> bool:
    return any(endings(fate, point, 1, weakness))


@pytest.mark.usefixtures("without_waiting")
@pytest.mark.parametrize(
    ("weakness", "fate", "point"),
    [
        (unguarded, after_a_sleep, Point.FOLDED),
        (miscounting, after_a_sleep, Point.FOLDED),
        (hasty, after_a_kill, Point.COMMITTED),
    ],
)
def test_the_matrix_finds_out_a_missing_piece_and_nothing_where_it_is_there(
    weakness: Weakness, fate: Fate, point: Point
) -> None:
    assert violated(fate, point, weakness)
    assert not violated(fate, point, sound)


@pytest.mark.apache_kafka
async def test_so_do_crashes_of_real_workers(servers: dict[str, str], unique: str, tmp_path: Path) -> None:
    def deployment(name: str) -> CrashDeployment:
        return CrashDeployment(servers, f"{unique}-{name}", tmp_path / name, partitions=1)

    found = await asyncio.gather(
        violations_after_a_sleep(deployment("unguarded"), STALE_REPLACEMENTS, CRASH_WEAKNESS="unguarded"),
        violations_after_a_sleep(deployment("miscounting"), STALE_REPLACEMENTS, CRASH_WEAKNESS="miscounting"),
        violations_after_crashes(deployment("hasty"), [Crash(Point.COMMITTED, 2)], CRASH_WEAKNESS="hasty"),
    )

    assert all(found), found
