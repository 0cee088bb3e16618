"""What a verification must not call a violation: what logs no longer hold, what is not applied yet, what changes."""

from dataclasses import replace

import pytest

from orderflow.adapters.memory_orders import InMemoryOrderStore
from orderflow.domain.lifecycle import State
from orderflow.domain.stored import StoredOrder
from orderflow.wire.records import Record, Topic
from tests.builders import change_state, create_order
from tests.unit.broken_deployments import healthy, only
from tests.unit.command_worker import Worker, record
from tests.unit.deployed import Deployed, as_records, deployed, deployment_of


def expire(found: Deployed, topic: Topic, part: int, begin: int) -> None:
    """What stood before `begin` is gone."""
    found.logs.begins[topic, part] = begin
    records = found.records(topic)
    records[:] = [each for each in records if each.partition != part or each.offset >= begin]


async def two_lives() -> tuple[Worker, list[Record], list[Record]]:
    """An order made and moved, then moved again; only the later part's records are in the logs."""
    worker = Worker()
    old = [record(create_order()), record(change_state())]
    new = [record(change_state(new_state=State.DELIVERED)), record(create_order("ord_3"))]
    await worker.apply(*old)
    return worker, old, new


async def test_orders_from_before_the_logs_are_counted_and_only_their_log_checks_left_out() -> None:
    worker, old, new = await two_lives()
    for topic in (Topic.EVENTS, Topic.OUTCOMES):
        worker.sent(topic).clear()
    await worker.apply(*new)
    found = await deployment_of(
        worker.stored,
        {topic: as_records(topic, worker.sent(topic)) for topic in Topic} | {Topic.COMMANDS: new},
    )
    found.logs.begins[Topic.COMMANDS, 0] = new[0].offset

    report, _ = await found.verified()
    assert report.violations == 0, report.findings
    assert (report.counts["orders"], report.counts["orders_before_log"]) == (2, 1)

    found.cached["ord_1"] = 9
    only(Topic.EVENTS, lambda each: b"ord_1:3" not in (each.value or b""))(found)
    assert await found.broken() == {
        "a cached order is stored, and not newer": ["ord_1"],
        "every change of a history has its event": ["ord_1"],
    }
    assert len(old) == 2


@pytest.mark.parametrize("elsewhere", [{"log": "another/order_commands"}, {"timestamp": 5}, {"offset": 10**9}])
async def test_a_history_that_names_another_log_or_one_refilled_since_begins_before_it(
    elsewhere: dict[str, int],
) -> None:
    found = await healthy()
    order = found.orders["ord_1"]
    assert isinstance(order, StoredOrder)
    history = tuple(
        replace(change, coordinates=replace(change.coordinates, **elsewhere))  # type: ignore[arg-type]
        for change in order.history
    )
    found.orders["ord_1"] = replace(order, history=history)
    only(Topic.EVENTS, lambda each: b"ord_1" not in (each.value or b""))(found)

    report, _ = await found.verified()

    assert report.violations == 0, report.findings
    assert report.counts["orders_before_log"] == 1


async def test_outcomes_that_expired_before_their_commands_are_not_missed() -> None:
    found = await healthy()
    for part in (0, 1):
        expire(found, Topic.OUTCOMES, part, 1_000)
        expire(found, Topic.DEAD_LETTERS, part, 1_000)

    assert await found.broken() == {}


async def test_commands_that_are_not_applied_yet_are_counted_and_not_missed() -> None:
    applied = [record(create_order())]
    waiting = [record(change_state()), record(create_order("ord_3"))]
    found = await deployed(*applied)
    found.records(Topic.COMMANDS).extend(waiting)
    found.uncommitted = 2

    report, gathered = await found.verified()

    assert (report.violations, gathered.pending, report.counts["commands"]) == (0, 2, 1)


async def test_commands_beyond_the_end_may_have_taken_effect_already() -> None:
    found = await healthy()
    found.uncommitted = 6

    report, gathered = await found.verified()

    assert report.violations == 0, report.findings
    assert (gathered.pending, report.counts["orders_before_log"]) == (6, 0)


async def test_an_order_that_changes_while_lists_are_walked_is_not_compared() -> None:
    found = await healthy()
    found.listed = lambda page: [order for order in page if order.order_id != "ord_1"]
    found.again["ord_1"] = 3

    assert await found.broken() == {}


async def test_an_order_made_while_lists_are_walked_may_be_in_them() -> None:
    found = await healthy()
    newer = await deployed(record(create_order("ord_9")))
    [order] = [each.order for each in newer.orders.values() if isinstance(each, StoredOrder)]
    found.listed = lambda page: [order, *page] if page else page
    found.again["ord_9"] = 1
    assert "lists show orders as they are stored" not in await found.broken()

    del found.again["ord_9"]
    assert (await found.broken())["lists show orders as they are stored"][0] == "ord_9"


async def test_a_cache_that_is_away_is_said_and_the_rest_checked() -> None:
    found = await healthy()
    found.cache_away = True
    found.cached["ghost"] = 1

    report, gathered = await found.verified()

    [unchecked] = [finding for finding in report.findings if finding.unchecked]
    assert unchecked.name == "a cached order is stored, and not newer"
    assert "Redis does not answer" in (unchecked.unchecked or "")
    assert (report.violations, list(gathered.unchecked)) == (0, ["Redis"])


async def test_an_order_may_continue_on_another_partition_once_there_are_more() -> None:
    found = await healthy()
    events = found.records(Topic.EVENTS)
    before = [at for at, each in enumerate(events) if b'"ord_1:1"' in (each.value or b"")]
    for at in before:
        # With one partition every key belonged to partition 0. There it came after what is on 1 now.
        events[at] = replace(events[at], partition=0, offset=700)

    report, _ = await found.verified()

    assert report.violations == 0, report.findings
    assert report.counts["orders_on_several_partitions"] == 1


async def test_an_empty_deployment_is_in_order() -> None:
    found = await deployment_of(InMemoryOrderStore(), {topic: [] for topic in Topic})

    report, gathered = await found.verified()

    assert (report.violations, gathered.pending, set(report.counts.values())) == (0, 0, {0})


async def test_so_many_examples_are_named_and_all_violations_counted() -> None:
    found = await deployed(*(record(create_order(f"ord_{number}")) for number in range(8)))
    found.records(Topic.EVENTS).clear()

    report, _ = await found.verified(examples=3)

    [missing] = [finding for finding in report.findings if finding.violations]
    assert (missing.name, missing.violations, len(missing.examples)) == (
        "every change of a history has its event",
        8,
        3,
    )
