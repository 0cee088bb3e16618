import asyncio
import signal
from collections.abc import Mapping

import pytest

from orderflow.bootstrap import from_kafka
from orderflow.domain.lifecycle import State
from orderflow.processing.readiness import Readiness
from orderflow.settings import Settings
from orderflow.streaming.changelog_topic import ChangelogError, delete_changelog, ensure_changelog
from orderflow.streaming.partitions import raise_partitions
from orderflow.streaming.rebuilding import rebuild
from orderflow.streaming.topics import ensure_topics
from orderflow.wire.records import Topic
from tests.e2e.counted import Published, counted, events, orders, published
from tests.e2e.deployment import Deployment
from tests.eventually import eventually
from tests.scraped import scrape

pytestmark = pytest.mark.apache_kafka

EXPIRING = {"ORDERFLOW_SESSION_SECONDS": "1", "ORDERFLOW_EXPIRE_CREATED_AFTER": "1h"}


async def test_counts_are_exact_over_repeats_two_instances_and_a_kill(deployment: Deployment, redis_url: str) -> None:
    placed = list(orders("ord", 400))
    told = events(placed)
    killed = await deployment.insights(**EXPIRING)
    async with published(deployment, redis_url) as shown:
        await deployment.produce(*told[:500], topic=Topic.EVENTS)
        await eventually(shown.counts)
        staying, _ = await asyncio.gather(
            deployment.insights(**EXPIRING), deployment.produce(*told[300:900], *told[:100], topic=Topic.EVENTS)
        )
        killed.signal(signal.SIGKILL)
        await deployment.produce(*told[800:], *told[:200], topic=Topic.EVENTS)
        await shows(shown, counted(placed))
        assert (await shown.statistics())["stuck"][State.CREATED] == counted(placed)[State.CREATED]
    scraped = await scrape(staying.url)
    assert scraped.value("orderflow_orders", state="delivered") == counted(placed)[State.DELIVERED]
    assert scraped.value("orderflow_stuck_orders", state="created") == counted(placed)[State.CREATED]
    await every_stale_order_is_cancelled_by_one_command(deployment, counted(placed)[State.CREATED])


async def shows(shown: Published, counts: Mapping[State, int]) -> None:
    """One instance, which has taken over everything."""

    async def all_counted() -> bool:
        return await shown.counts() == counts and (await shown.statistics())["instances"] == 1

    await eventually(all_counted, within=20)


async def every_stale_order_is_cancelled_by_one_command(deployment: Deployment, stale: int) -> None:
    """Each owner asks in the same words. Orders that moved later may have been stale when they were seen first."""
    asked = await deployment.read(Topic.COMMANDS, lambda found: len({record.key for record in found}) >= stale)
    assert len({(record.key, record.value) for record in asked}) == len({record.key for record in asked})


async def test_after_more_partitions_a_rebuild_counts_orders_where_they_belong(
    deployment: Deployment, redis_url: str
) -> None:
    placed = list(orders("ord", 60))
    told = events(placed)
    few = Settings(kafka_brokers=deployment.brokers, topic_prefix=f"{deployment.prefix}.", partitions=4)
    many = few.model_copy(update={"partitions": 8})
    await ensure_topics(few)
    await ensure_changelog(few)
    await deployment.produce(*told[:90], topic=Topic.EVENTS)
    await from_kafka(Readiness(), raise_partitions, many, force=False)
    with pytest.raises(ChangelogError, match="orderflow insights --rebuild"):
        await ensure_changelog(many)
    deployment.partitions = 8
    await deployment.produce(*told[90:], topic=Topic.EVENTS)

    assert await rebuild(many) == 60
    await delete_changelog(many)
    with pytest.raises(ChangelogError, match="is gone"):
        await ensure_changelog(many)
    assert await rebuild(many) == 60

    await deployment.insights(ORDERFLOW_PARTITIONS="8")
    async with published(deployment, redis_url) as shown:
        await shows(shown, counted(placed))
    with pytest.raises(ChangelogError, match="1 insights roles run"):
        await rebuild(many)
