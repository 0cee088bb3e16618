"""What a consumer does that its group does not know, or that fetches no more: ours and Faust's."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.util import commit_structure_validate
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from orderflow.streaming.safe_transport import SafeConsumer
from tests.unit.faust_consumers import BOTH, OTHER, PARTITION, ConsumerOf, only_ours
from tests.unit.fetched import Fetched, delivered, fetching


@BOTH
async def test_what_is_fetched_while_the_membership_is_lost_is_given_back(consumer_of: ConsumerOf, kind: type) -> None:
    """The broker may have come back with another log under the same offsets."""
    consumer = consumer_of(kind)
    fetched = fetching(consumer)
    fetched.after = lambda: setattr(fetched._coordinator, "generation", -1)

    await delivered(consumer)
    await delivered(consumer)

    only_ours(kind, right=fetched.positions == {PARTITION: 7, OTHER: 7})


@BOTH
async def test_nothing_is_fetched_before_the_group_knows_the_member_again(consumer_of: ConsumerOf, kind: type) -> None:
    consumer = consumer_of(kind)
    fetched = fetching(consumer)
    fetched._coordinator.coordinator_id = None

    await delivered(consumer)

    only_ours(kind, right=not fetched.drained)


CHANGES = [Fetched.find_coordinator, Fetched.connect, lambda fetched: fetched.connect(connected=False)]
"""Behind each of them the broker may be another one."""


@BOTH
@pytest.mark.parametrize("change", CHANGES)
async def test_over_another_connection_the_group_has_to_confirm_the_membership(
    consumer_of: ConsumerOf, kind: type, change: Callable[[Fetched], None]
) -> None:
    consumer = consumer_of(kind)
    fetched = fetching(consumer)
    await delivered(consumer)
    await delivered(consumer)
    confirmed = fetched.heartbeats
    change(fetched)
    fetched.known = False
    fetched.drained = set()

    await delivered(consumer)

    only_ours(kind, right=confirmed == 1 and not fetched.drained)


@BOTH
@pytest.mark.parametrize("change", CHANGES)
async def test_an_answer_over_one_connection_confirms_no_other(
    consumer_of: ConsumerOf, kind: type, change: Callable[[Fetched], None]
) -> None:
    consumer = consumer_of(kind)
    fetched = fetching(consumer)
    fetched.answering = lambda: change(fetched)

    await delivered(consumer)

    only_ours(kind, right=not fetched.drained)


@BOTH
@pytest.mark.parametrize("change", CHANGES)
async def test_what_is_fetched_while_the_connection_changes_is_given_back(
    consumer_of: ConsumerOf, kind: type, change: Callable[[Fetched], None]
) -> None:
    consumer = consumer_of(kind)
    fetched = fetching(consumer)
    fetched.after = lambda: change(fetched)

    await delivered(consumer)

    only_ours(kind, right=fetched.positions == {PARTITION: 7, OTHER: 7})


@BOTH
@pytest.mark.parametrize("generation", [1, -1])
async def test_who_is_no_member_commits_nothing(
    consumer_of: ConsumerOf, kind: type, generation: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[object] = []
    thread = consumer_of(kind)._thread
    coordinator = SimpleNamespace(generation=generation, coordinator_id=1)
    thread._consumer = SimpleNamespace(_coordinator=coordinator, assignment=lambda: {PARTITION})

    async def commit(_thread: object, offsets: object) -> bool:
        sent.append(offsets)
        return True

    monkeypatch.setattr(driver.AIOKafkaConsumerThread, "_commit", commit)
    await thread._commit({PARTITION: 7})

    assert len(sent) == (0 if kind is SafeConsumer and generation < 0 else 1)


async def test_a_commit_does_not_outlast_the_broker_it_was_meant_for(
    consumer_of: ConsumerOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def retry_for_ever(*_: object) -> bool:
        return await asyncio.Event().wait()

    monkeypatch.setattr(driver.AIOKafkaConsumerThread, "_commit", retry_for_ever)
    monkeypatch.setattr("orderflow.streaming.safe_fetching.COMMIT_SECONDS", 0.01)
    thread = consumer_of(SafeConsumer)._thread
    thread._consumer = member_with(PARTITION)

    assert await asyncio.wait_for(thread._commit({PARTITION: 7}), 5) is False


@BOTH
async def test_a_commit_of_what_went_away_meanwhile_does_not_end_the_worker(
    consumer_of: ConsumerOf, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = consumer_of(kind)._thread
    thread._consumer = member_with(OTHER)
    crashes: list[BaseException] = []

    async def crash(error: BaseException) -> None:
        crashes.append(error)

    monkeypatch.setattr(thread, "crash", crash)
    assert await thread._commit({PARTITION: 7}) is False
    only_ours(kind, right=not crashes)


def member_with(partition: TP) -> Any:  # noqa: ANN401 - as much of aiokafka's consumer as committing needs

    async def commit(offsets: Any) -> None:  # noqa: ANN401
        commit_structure_validate(offsets)

    coordinator = SimpleNamespace(generation=1, coordinator_id=1)
    return SimpleNamespace(_coordinator=coordinator, assignment=lambda: {partition}, commit=commit)


@BOTH
async def test_a_worker_whose_fetching_has_ended_ends_instead_of_waiting_for_ever(
    consumer_of: ConsumerOf, kind: type
) -> None:
    consumer = consumer_of(kind)
    fetched = fetching(consumer)
    fetched.error_future.set_result(None)
    crashes: list[Exception] = []

    async def crash(reason: Exception) -> None:
        crashes.append(reason)

    consumer._thread.crash = crash
    await delivered(consumer)

    only_ours(kind, right=[str(crash) for crash in crashes] == ["aiokafka has stopped fetching"])
