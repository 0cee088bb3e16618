"""What is published of orders is held against the orders, where it can be."""

from dataclasses import replace

from orderflow.insights.ports import Publication, Tenure
from orderflow.wire.records import Record, Topic
from tests.unit.broken_deployments import healthy
from tests.unit.counting import count
from tests.unit.deployed import PARTITIONS


def told_twice(event: Record) -> Record:
    """The same of another order."""
    return replace(event, value=(event.value or b"").replace(b'"order_id":"', b'"order_id":"other_'))


async def test_statistics_that_miss_or_double_an_order_are_found() -> None:
    found = await healthy()
    events = found.records(Topic.EVENTS)
    without = [event for event in events if event.key != b"ord_1"]
    doubled = [*events, *(told_twice(event) for event in events)]
    for counted in (without, doubled):
        found.statistics.clear()
        await count(counted, PARTITIONS, found.statistics)
        assert list(await found.broken()) == ["statistics count every order once"]


async def test_statistics_are_not_compared_where_nobody_counts() -> None:
    found = await healthy()
    found.statistics.clear()

    report, gathered = await found.verified()

    assert report.violations == 0
    assert "does one run?" in (gathered.uncounted or "")


async def test_statistics_of_another_version_are_not_compared() -> None:
    found = await healthy()
    tenure = Tenure(generation=9, started=1)
    await found.statistics.publish(Publication(partition=0, tenure=tenure, share=b"{}", whole=True))

    _, gathered = await found.verified()

    assert "partition 0" in (gathered.uncounted or "")


async def test_statistics_are_not_compared_while_orders_change() -> None:
    found = await healthy()
    found.uncommitted = 1

    _, gathered = await found.verified()

    assert gathered.uncounted == "orders have changed meanwhile"
