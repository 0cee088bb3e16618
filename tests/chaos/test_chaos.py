import asyncio
from collections.abc import Sequence

import pytest

from tests.chaos.fleet import Member
from tests.chaos.load import under_load
from tests.chaos.reckoning import Reckoning, reckoning
from tests.chaos.run import CLEAN, Plan, run
from tests.chaos.site import Site
from tests.eventually import eventually

pytestmark = pytest.mark.apache_kafka


async def test_nothing_is_lost_and_nothing_doubled_whatever_fails(grounds: Site) -> None:
    done = await run(Plan(seed=1, seconds=30, every=2.5), grounds, print)

    assert done.reckoning.summary == CLEAN, examples(done.reckoning)
    assert done.reckoning.account.repeated > 0
    assert len({fault.kind for fault in done.applied}) >= 5
    assert len(done.reckoning.promises.commands) > 2_000


async def test_a_rolling_restart_under_load_loses_and_doubles_nothing(grounds: Site) -> None:
    promises = await under_load(grounds, restart_one_after_the_other(grounds), seed=2, per_second=200)
    found = await reckoning(grounds, promises)

    assert found.summary == CLEAN, examples(found)
    assert found.promises.answers["201"] > 0


async def restart_one_after_the_other(grounds: Site) -> None:
    """Each role's members; the roles side by side, as deployments of their own are rolled out."""
    fleet = grounds.fleet
    await asyncio.gather(*(roll(members) for members in (fleet.workers, fleet.facades, fleet.insights)))


async def roll(members: Sequence[Member]) -> None:
    for member in members:
        await member.leave()
        member.start()
        await eventually(member.ready, within=30)


def examples(found: Reckoning) -> list[str]:
    return [*found.lost[:5], *found.doubled[:5], *found.violations[:5]]
