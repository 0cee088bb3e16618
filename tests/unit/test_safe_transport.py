"""What is committed and when, by our consumer and by Faust's."""

import asyncio

import pytest
import uvloop

from orderflow.streaming.safe_transport import SafeConsumer
from tests.eventually import eventually
from tests.unit.faust_consumers import BOTH, PARTITION, Broker, ConsumerOf, acknowledged, only_ours


@BOTH
@pytest.mark.parametrize(
    ("committed", "in_flight", "acked"), [(None, 4, [5, 6]), (25, 25, [26, 27])], ids=["a new group", "a hole of one"]
)
async def test_nothing_behind_a_message_in_flight_is_committed(
    consumer_of: ConsumerOf, kind: type, committed: int | None, in_flight: int, acked: list[int]
) -> None:
    consumer = consumer_of(kind)
    flying = acknowledged(consumer, acked, in_flight=[in_flight], committed=committed)

    offset = consumer._new_offset(PARTITION)

    only_ours(kind, right=offset is None)
    assert offset in (None, acked[-1] + 1)
    assert flying


async def test_what_was_held_back_is_committed_later(consumer_of: ConsumerOf) -> None:
    consumer = consumer_of(SafeConsumer)
    [message] = acknowledged(consumer, [2, 3, 5], in_flight=[4])
    assert consumer._new_offset(PARTITION) == 4

    message.acked = True
    consumer._acked[PARTITION].append(4)

    assert consumer._new_offset(PARTITION) == 6


@BOTH
async def test_what_is_acknowledged_is_committed_before_the_partition_is_given_away(
    consumer_of: ConsumerOf, kind: type
) -> None:
    consumer = consumer_of(kind)
    broker = Broker(consumer)
    acknowledged(consumer, [5, 6])

    await consumer.on_partitions_revoked({PARTITION})

    only_ours(kind, right=broker.offsets == {PARTITION: 7})
    assert not consumer._acked.get(PARTITION)


@BOTH
async def test_what_is_acknowledged_during_a_commit_is_committed_before_the_partition_is_given_away(
    consumer_of: ConsumerOf, kind: type
) -> None:
    consumer = consumer_of(kind)
    broker = Broker(consumer)
    broker.under_way.clear()
    acknowledged(consumer, [5, 6])
    committing = asyncio.create_task(consumer.commit())
    await eventually(lambda: broker.asked)
    acknowledged(consumer, [7, 8], committed=7)

    leaving = asyncio.create_task(consumer.on_partitions_revoked({PARTITION}))
    broker.under_way.set()
    await asyncio.gather(committing, leaving)

    only_ours(kind, right=broker.offsets == {PARTITION: 9})


async def test_a_commit_that_fails_holds_no_rebalance_up(consumer_of: ConsumerOf) -> None:
    consumer = consumer_of(SafeConsumer)

    async def fail(_: object) -> bool:
        raise ConnectionError("away")

    Broker(consumer)
    consumer._commit = fail
    acknowledged(consumer, [5, 6])

    await consumer.on_partitions_revoked({PARTITION})

    assert not consumer._acked.get(PARTITION)


@BOTH
async def test_a_commit_that_did_not_happen_is_made_up_for_without_another_record(
    consumer_of: ConsumerOf, kind: type
) -> None:
    consumer = consumer_of(kind)
    broker = Broker(consumer)
    acknowledged(consumer, [5, 6])
    broker.refusing = True
    await consumer.commit()
    broker.refusing = False

    await consumer.commit()

    only_ours(kind, right=broker.offsets == {PARTITION: 7})


async def test_what_was_not_committed_is_forgotten_with_its_partition(consumer_of: ConsumerOf) -> None:
    consumer = consumer_of(SafeConsumer)
    broker = Broker(consumer)
    acknowledged(consumer, [5, 6])
    broker.refusing = True
    await consumer.commit()
    await consumer.on_partitions_revoked({PARTITION})
    broker.refusing = False

    await consumer.commit()

    assert broker.offsets == {}


async def test_it_fetches_on_asyncios_own_loop_whatever_the_rest_runs_on(
    consumer_of: ConsumerOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On uvloop a connection that the broker has just closed ends all fetching."""
    monkeypatch.setattr(asyncio, "new_event_loop", uvloop.new_event_loop)

    consumer = consumer_of(SafeConsumer)

    assert isinstance(consumer._thread.thread_loop, asyncio.SelectorEventLoop)
