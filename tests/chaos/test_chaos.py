from pathlib import Path

import pytest

from tests.chaos.run import CLEAN, Plan, run


@pytest.mark.apache_kafka
async def test_nothing_is_lost_and_nothing_doubled_whatever_fails(tmp_path: Path) -> None:
    done = await run(Plan(seed=1, seconds=36, every=3), tmp_path, print)

    assert done.reckoning.summary == CLEAN, (
        done.reckoning.lost[:5],
        done.reckoning.doubled[:5],
        done.reckoning.violations[:5],
    )
    assert len({fault.kind for fault in done.applied}) >= 5
    assert len(done.reckoning.promises.commands) > 2_000
