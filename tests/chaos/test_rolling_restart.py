from pathlib import Path

import pytest

from tests.chaos.load import under_load
from tests.chaos.reckoning import reckoning
from tests.chaos.run import CLEAN
from tests.chaos.site import Site, site
from tests.eventually import eventually


async def restart_one_after_the_other(grounds: Site) -> None:
    for member in [*grounds.fleet.workers, *grounds.fleet.facades]:
        await member.leave()
        member.start()
        await eventually(member.ready, within=30)


@pytest.mark.apache_kafka
async def test_a_rolling_restart_under_load_loses_and_doubles_nothing(tmp_path: Path) -> None:
    async with site(tmp_path, print, seed=1) as grounds:
        promises = await under_load(grounds, restart_one_after_the_other(grounds), seed=1, per_second=200)
        found = await reckoning(grounds, promises)

    assert found.summary == CLEAN, (found.lost[:5], found.doubled[:5], found.violations[:5])
    assert found.promises.answers["201"] > 0
