"""A worker that sleeps through the loss of its partition wakes with a stale batch, on real servers.

ORDERFLOW_CRASH_FULL=1 lets one sleep at every point.
"""

import asyncio
from pathlib import Path

import pytest

from tests.chaos.crash_deployment import CrashDeployment
from tests.chaos.crash_points import Point
from tests.chaos.crash_rows import FULL, STALE_INSERTS, STALE_REPLACEMENTS, Crash, violations_after_a_sleep

pytestmark = pytest.mark.apache_kafka

PAIRS = [(Crash(point, 1), Crash(point, 3)) for point in Point] if FULL else [(STALE_INSERTS, STALE_REPLACEMENTS)]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0].point.name)
async def test_a_zombies_stale_writes_are_refused_and_its_repeats_are_harmless(
    servers: dict[str, str], unique: str, tmp_path: Path, pair: tuple[Crash, Crash]
) -> None:
    deployments = [
        CrashDeployment(servers, f"{unique}-{sleep.batch}", tmp_path / sleep.case, partitions=1) for sleep in pair
    ]

    found = await asyncio.gather(*map(violations_after_a_sleep, deployments, pair))

    assert found == [[], []]
