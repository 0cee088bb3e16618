"""What becomes of fetched records when partitions are paused meanwhile, in our consumer and in Faust's."""

from aiokafka.errors import IllegalStateError

from orderflow.streaming.safe_transport import SafeConsumer
from tests.unit.faust_consumers import BOTH, OTHER, PARTITION, ConsumerOf, only_ours
from tests.unit.fetched import delivered, fetching


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
