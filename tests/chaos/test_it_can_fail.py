"""Without one of the pieces that carry the guarantee, the crash matrix and its real twin find violations."""

import asyncio
from itertools import chain
from pathlib import Path

import pytest

from tests.chaos.crash_deployment import CrashDeployment
from tests.chaos.crash_points import Point
from tests.chaos.crash_rows import STALE_REPLACEMENTS, Crash, violations_after_a_sleep, violations_after_crashes
from tests.chaos.crash_world import Fate, Weakness, after_a_kill, after_a_sleep, endings
from tests.weakened import hasty, miscounting, sound, unguarded


def violated(fate: Fate, point: Point, weakness: Weakness) -> str:
    return "\n".join(chain.from_iterable(endings(fate, point, 1, weakness)))


@pytest.mark.usefixtures("without_waiting", "quiet")
@pytest.mark.parametrize(
    ("weakness", "fate", "point", "broken"),
    [
        (unguarded, after_a_sleep, Point.FOLDED, "its history has"),
        (miscounting, after_a_sleep, Point.FOLDED, "has two contents"),
        (hasty, after_a_kill, Point.COMMITTED, "ended []"),
    ],
)
def test_the_matrix_finds_out_a_missing_piece_and_nothing_where_it_is_there(
    weakness: Weakness, fate: Fate, point: Point, broken: str
) -> None:
    assert broken in violated(fate, point, weakness)
    assert not violated(fate, point, sound)


@pytest.mark.apache_kafka
async def test_so_do_crashes_of_real_workers(servers: dict[str, str], unique: str, tmp_path: Path) -> None:
    def deployment(name: str) -> CrashDeployment:
        return CrashDeployment(servers, f"{unique}-{name}", tmp_path / name, partitions=1)

    unguarded, miscounting, hasty = await asyncio.gather(
        violations_after_a_sleep(deployment("unguarded"), STALE_REPLACEMENTS, CRASH_WEAKNESS="unguarded"),
        violations_after_a_sleep(deployment("miscounting"), STALE_REPLACEMENTS, CRASH_WEAKNESS="miscounting"),
        violations_after_crashes(deployment("hasty"), [Crash(Point.COMMITTED, 2)], CRASH_WEAKNESS="hasty"),
    )

    # What a stale write overwrote shows in the history alone, or only beside the events, as the commands came.
    assert any("its history has" in found or "are not its history" in found for found in unguarded)
    assert "has two contents" in "\n".join(miscounting)
    assert "ended []" in "\n".join(hasty)
