"""Each override of Faust's transport, beside what Faust's own class does."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from orderflow.settings import Settings
from orderflow.streaming.app import OrderflowApp
from orderflow.streaming.safe_transport import SafeConsumer

PARTITION, OTHER = TP("order_commands", 0), TP("order_commands", 1)


class InFlight(SimpleNamespace):
    __hash__ = object.__hash__


async def ignore(*_: object) -> None:
    """Nobody is told anything here."""


ConsumerOf = Callable[[type], Any]


@pytest.fixture
def consumer_of() -> Iterator[ConsumerOf]:
    """Makes consumers of a class, and closes the loops their threads would have run."""
    app = OrderflowApp(Settings(), role="test")
    made: list[Any] = []

    def make(kind: type) -> Any:  # noqa: ANN401
        made.append(kind(app.transport, ignore, on_partitions_revoked=ignore, on_partitions_assigned=ignore))
        return made[-1]

    yield make
    for consumer in made:
        consumer._thread.thread_loop.close()


def next_commit(consumer: Any, acked: list[int], in_flight: int) -> int | None:  # noqa: ANN401
    message = InFlight(tp=PARTITION, offset=in_flight, acked=False)
    consumer._committed_offset[PARTITION] = None
    consumer._acked[PARTITION] = acked
    consumer._acked_index[PARTITION] = set(acked)
    consumer._unacked_messages.add(message)
    return consumer._new_offset(PARTITION)


async def test_nothing_behind_a_message_in_flight_is_committed(consumer_of: ConsumerOf) -> None:
    safe = consumer_of(SafeConsumer)
    stock = consumer_of(driver.Consumer)

    assert next_commit(stock, [5, 6], in_flight=4) == 7, "Faust has mended this: the override can go"
    assert next_commit(safe, [5, 6], in_flight=4) is None
    assert safe._acked[PARTITION] == [5, 6], "they are committed later"


async def test_what_lies_before_a_message_in_flight_is_committed(consumer_of: ConsumerOf) -> None:
    assert next_commit(consumer_of(SafeConsumer), [2, 3, 5], in_flight=4) == 4


async def test_acknowledged_messages_are_committed_before_a_partition_is_given_away(
    consumer_of: ConsumerOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    async def commit(_: object) -> None:
        done.append("commit")

    async def forget(*_: object) -> None:
        done.append("forget")

    monkeypatch.setattr(SafeConsumer, "commit", commit)
    monkeypatch.setattr(driver.Consumer, "on_partitions_revoked", forget)

    await consumer_of(SafeConsumer).on_partitions_revoked({PARTITION})

    assert done == ["commit", "forget"]


class Fetching:
    """Stands in for aiokafka's consumer: what it returns, and where it is told to go back to."""

    def __init__(self, pause: set[TP]) -> None:
        self._coordinator = SimpleNamespace(generation=1, coordinator_id=1)
        self._pause = pause
        self.asked: object = None
        self.sought: dict[TP, int] = {}

    async def fetch(self, _consumer: object, active: object, **_: object) -> dict[TP, list[Any]]:
        self.asked = active
        self._pause.discard(OTHER)
        return {tp: [SimpleNamespace(offset=7), SimpleNamespace(offset=8)] for tp in (PARTITION, OTHER)}

    def seek(self, partition: TP, offset: int) -> None:
        self.sought[partition] = offset


async def test_records_of_a_partition_paused_meanwhile_are_given_back(
    consumer_of: ConsumerOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    active = {PARTITION, OTHER}
    fetching = Fetching(active)

    async def fetch(_: object, *arguments: object, **options: object) -> dict[TP, list[Any]]:
        return await fetching.fetch(*arguments, **options)

    monkeypatch.setattr(driver.AIOKafkaConsumerThread, "_fetch_records", fetch)
    consumer = consumer_of(SafeConsumer)
    thread = consumer._thread

    records = await thread._fetch_records(fetching, active)

    assert set(records) == {PARTITION}
    assert fetching.sought == {OTHER: 7}


async def test_what_was_fetched_while_the_membership_was_lost_is_given_back(
    consumer_of: ConsumerOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetching = Fetching(set())

    async def fetch_and_be_forgotten(_: object, *arguments: object, **options: object) -> dict[TP, list[Any]]:
        fetching._coordinator.generation = -1
        return await fetching.fetch(*arguments, **options)

    monkeypatch.setattr(driver.AIOKafkaConsumerThread, "_fetch_records", fetch_and_be_forgotten)
    thread = consumer_of(SafeConsumer)._thread

    assert await thread._fetch_records(fetching, {PARTITION, OTHER}) == {}
    assert fetching.sought == {PARTITION: 7, OTHER: 7}
    fetching.asked = None
    assert await thread._fetch_records(fetching, {PARTITION, OTHER}) == {}
    assert fetching.asked is None, "nothing more is fetched before the group knows it again"


@pytest.mark.parametrize(("generation", "sent"), [(1, True), (-1, False)])
async def test_who_is_no_member_commits_nothing(
    consumer_of: ConsumerOf, monkeypatch: pytest.MonkeyPatch, generation: int, *, sent: bool
) -> None:
    async def commit(*_: object) -> bool:
        return True

    monkeypatch.setattr(driver.AIOKafkaConsumerThread, "_commit", commit)
    thread = consumer_of(SafeConsumer)._thread
    thread._consumer = SimpleNamespace(_coordinator=SimpleNamespace(generation=generation, coordinator_id=1))

    assert await thread._commit({PARTITION: 7}) is sent


async def test_no_active_partition_means_no_fetch_rather_than_all_partitions(consumer_of: ConsumerOf) -> None:
    thread = consumer_of(SafeConsumer)._thread

    assert await thread._fetch_records(None, set()) == {}
