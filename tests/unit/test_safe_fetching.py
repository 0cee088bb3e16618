"""What becomes of fetched records when partitions are paused meanwhile, in our consumer and in Faust's."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import IllegalStateError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from orderflow.streaming.safe_transport import SafeConsumer
from tests.unit.faust_consumers import BOTH, OTHER, PARTITION, ConsumerOf, fetched_record, only_ours


def noop() -> None:
    """Nothing happens."""


class Fetched:
    """Plays aiokafka's consumer: hands out what it has fetched once, and takes an empty set for every partition."""

    _closed = False
    _max_poll_records = None

    def __init__(self) -> None:
        self.positions = {PARTITION: 7, OTHER: 7}
        self.drained: set[TP] = set()
        self.before, self.after = noop, noop
        self._fetcher = self._subscriptions = self
        self._coordinator = SimpleNamespace(generation=1, coordinator_id=1)
        self.error_future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @contextmanager
    def fetch_context(self) -> Iterator[None]:
        yield

    async def fetched_records(self, partitions: set[TP] | None, **_: object) -> dict[TP, list[Any]]:
        self.before()
        wanted = [tp for tp in self.positions if not partitions or tp in partitions]
        self.drained |= set(wanted)
        for tp in wanted:
            self.positions[tp] = 9
        self.after()
        return {tp: [fetched_record(tp, 7), fetched_record(tp, 8)] for tp in wanted}

    def seek(self, partition: TP, offset: int) -> None:
        self.positions[partition] = offset


def fetching(consumer: Any) -> Fetched:  # noqa: ANN401
    fetched = Fetched()

    async def getmany(active: set[TP], timeout: float) -> Any:  # noqa: ANN401, ASYNC109 - Faust's signature
        return await consumer._thread._fetch_records(fetched, active, timeout=timeout)

    consumer._thread.getmany = getmany
    consumer.highwater = lambda _: 9
    consumer._set_active_tps({PARTITION, OTHER})
    consumer.resume_flow()
    return fetched


async def delivered(consumer: Any) -> dict[TP, int]:  # noqa: ANN401
    """The last offset of each partition."""
    return {tp: message.offset async for tp, message in consumer.getmany(timeout=1.0)}


async def test_what_is_fetched_is_delivered(consumer_of: ConsumerOf) -> None:
    consumer = consumer_of(SafeConsumer)
    fetching(consumer)
    assert await delivered(consumer) == {PARTITION: 8, OTHER: 8}


@BOTH
async def test_records_of_a_partition_paused_meanwhile_are_given_back(consumer_of: ConsumerOf, kind: type) -> None:
    consumer = consumer_of(kind)
    fetched = fetching(consumer)
    fetched.after = lambda: consumer.pause_partitions({OTHER})

    assert await delivered(consumer) == {PARTITION: 8}

    only_ours(kind, right=fetched.positions[OTHER] == 7)


@BOTH
async def test_once_every_partition_is_paused_nothing_is_fetched_and_dropped(
    consumer_of: ConsumerOf, kind: type
) -> None:
    consumer = consumer_of(kind)
    fetched = fetching(consumer)
    active = consumer._get_active_partitions()
    active.clear()

    await consumer._thread._fetch_records(fetched, active)

    only_ours(kind, right=fetched.positions == {PARTITION: 7, OTHER: 7})


@BOTH
async def test_partitions_paused_while_a_fetch_waits_are_not_taken_for_all_partitions(
    consumer_of: ConsumerOf, kind: type
) -> None:
    consumer = consumer_of(kind)
    fetched = fetching(consumer)
    consumer.pause_partitions({OTHER})
    fetched.before = lambda: consumer.pause_partitions({PARTITION})

    assert await delivered(consumer) == {}

    only_ours(kind, right=fetched.drained == {PARTITION} and fetched.positions == {PARTITION: 7, OTHER: 7})


async def test_a_partition_that_cannot_be_sought_back_does_not_end_the_fetching(consumer_of: ConsumerOf) -> None:
    consumer = consumer_of(SafeConsumer)
    fetched = fetching(consumer)
    fetched.after = lambda: consumer.pause_partitions({OTHER})

    def refuse(*_: object) -> None:
        raise IllegalStateError("it belongs to another by now")

    fetched.seek = refuse  # type: ignore[method-assign]

    assert await delivered(consumer) == {PARTITION: 8}


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


@BOTH
@pytest.mark.parametrize("generation", [1, -1])
async def test_who_is_no_member_commits_nothing(
    consumer_of: ConsumerOf, kind: type, generation: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[object] = []
    thread = consumer_of(kind)._thread
    coordinator = SimpleNamespace(generation=generation, coordinator_id=1)
    thread._consumer = SimpleNamespace(_coordinator=coordinator)

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
    monkeypatch.setattr("orderflow.streaming.safe_transport.COMMIT_SECONDS", 0.01)
    thread = consumer_of(SafeConsumer)._thread
    thread._consumer = SimpleNamespace(_coordinator=SimpleNamespace(generation=1, coordinator_id=1))

    assert await asyncio.wait_for(thread._commit({PARTITION: 7}), 5) is False


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
