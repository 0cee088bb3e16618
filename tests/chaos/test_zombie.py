"""A worker that sleeps through the loss of its partition wakes with a stale batch, on real servers."""

import asyncio
from pathlib import Path

import pytest

from tests.chaos.crash_deployment import CrashDeployment
from tests.chaos.crash_points import Point
from tests.chaos.crash_rows import Crash, violations_after_a_sleep

pytestmark = pytest.mark.apache_kafka

STALE_INSERTS, STALE_REPLACEMENTS = Crash(Point.FOLDED, 1), Crash(Point.FOLDED, 3)


async def test_a_zombies_stale_writes_are_refused_and_its_repeats_are_harmless(
    servers: dict[str, str], unique: str, tmp_path: Path
) -> None:
    inserting = CrashDeployment(servers, f"{unique}-insert", tmp_path / "insert", partitions=1)
    replacing = CrashDeployment(servers, f"{unique}-replace", tmp_path / "replace", partitions=1)

    found = await asyncio.gather(
        violations_after_a_sleep(inserting, STALE_INSERTS), violations_after_a_sleep(replacing, STALE_REPLACEMENTS)
    )

    assert found == [[], []]
