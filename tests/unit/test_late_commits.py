"""Commits that are answered after reading has resumed, by our consumer and by Faust's."""

import asyncio
from typing import Any

from faust.types import TP

from orderflow.streaming.safe_transport import SafeConsumer
from tests.eventually import eventually
from tests.unit.faust_consumers import BOTH, PARTITION, Broker, ConsumerOf, InFlight, acknowledged, only_ours


@BOTH
async def test_a_commit_that_ends_after_its_partition_has_come_back_holds_nothing_up(
    consumer_of: ConsumerOf, kind: type
) -> None:
    consumer = consumer_of(kind)
    broker = Broker(consumer)
    await committed_late(consumer, broker, refused=True, back_at=40)

    consumer._acked[PARTITION] = [40, 41]
    await consumer.commit()

    only_ours(kind, right=broker.offsets == {PARTITION: 42})


@BOTH
async def test_a_commit_that_fails_after_its_partition_has_come_back_is_made_up_for(
    consumer_of: ConsumerOf, kind: type
) -> None:
    """Without another record: the group would stay behind what is done for as long as nothing comes."""
    consumer = consumer_of(kind)
    consumer.app.topics.acks_enabled_for = lambda _: True
    broker = Broker(consumer)
    await committed_late(consumer, broker, refused=True, back_at=5)

    for offset in (5, 6):
        consumer.ack(InFlight(tp=PARTITION, topic=PARTITION.topic, offset=offset, acked=False))
    await consumer.commit()

    only_ours(kind, right=broker.offsets == {PARTITION: 7})


async def test_a_commit_that_is_accepted_after_its_partition_has_come_back_counts(consumer_of: ConsumerOf) -> None:
    consumer = consumer_of(SafeConsumer)
    broker = Broker(consumer)
    await committed_late(consumer, broker, refused=False, back_at=5)

    consumer._acked[PARTITION] = [7, 8]
    await consumer.commit()

    assert broker.offsets == {PARTITION: 9}


async def test_a_commit_that_ends_after_its_partition_has_come_back_turns_nothing_back(
    consumer_of: ConsumerOf,
) -> None:
    consumer = consumer_of(SafeConsumer)
    broker = Broker(consumer)
    await committed_late(consumer, broker, refused=True, back_at=40)

    await consumer.commit()

    assert broker.offsets == {}


async def committed_late(consumer: Any, broker: Broker, *, refused: bool, back_at: int) -> None:  # noqa: ANN401
    """A commit up to 7 is under way while the partition comes back, read from there on; then it is answered."""

    async def committed() -> dict[TP, int]:
        return {PARTITION: back_at}

    acknowledged(consumer, [5, 6], committed=5)
    broker.under_way.clear()
    broker.refusing = refused
    late = asyncio.create_task(consumer.commit())
    await eventually(lambda: broker.asked)
    consumer.seek_to_committed = committed
    await consumer.perform_seek()
    broker.under_way.set()
    await late
    broker.refusing = False
