"""How far behind a consumer says that it is, by what Faust and aiokafka know."""

from types import SimpleNamespace
from typing import Any

from aiokafka.structs import TopicPartition
from faust.types import TP

from orderflow.streaming.consumer_lag import lag_of, partitions_of
from orderflow.streaming.safe_transport import SafeConsumer
from tests.unit.faust_consumers import OTHER, PARTITION, ConsumerOf, InFlight


class Fetching:
    """A consumer, with what aiokafka knows of its partitions after a fetch."""

    def __init__(self, consumer: Any) -> None:  # noqa: ANN401
        self.consumer = consumer
        consumer.app.topics.acking_topics.add("order_commands")
        self.states: dict[TopicPartition, SimpleNamespace] = {}
        assignment = SimpleNamespace(tps=self.states.keys(), state_value=self.states.get)
        subscription = SimpleNamespace(assignment=assignment)
        consumer._thread._consumer = SimpleNamespace(_subscription=SimpleNamespace(subscription=subscription))

    def fetched(self, tp: TP, *, position: int | None, highwater: int | None) -> None:
        """The next offset to fetch, and the end of the log."""
        self.states[TopicPartition(*tp)] = SimpleNamespace(
            position=position, highwater=highwater, has_valid_position=position is not None
        )

    def handled(self, tp: TP, *, read: int, committed: int | None) -> None:
        """The last offset given to the stream, and what is acknowledged."""
        self.consumer._read_offset[tp] = read
        self.consumer._committed_offset[tp] = committed

    @property
    def lag(self) -> dict[tuple[str, int], int]:
        return lag_of(self.consumer)


def test_before_it_has_started_and_before_it_has_fetched_nothing_is_known(consumer_of: ConsumerOf) -> None:
    consumer = consumer_of(SafeConsumer)
    assert lag_of(consumer) == {}
    fetching = Fetching(consumer)
    fetching.fetched(PARTITION, position=None, highwater=None)
    fetching.fetched(OTHER, position=0, highwater=None)
    assert fetching.lag == {}


def test_a_tables_changelog_is_nothing_to_be_handled(consumer_of: ConsumerOf) -> None:
    fetching = Fetching(consumer_of(SafeConsumer))
    fetching.fetched(TP("changelog", 0), position=5, highwater=9)
    assert (fetching.lag, partitions_of(fetching.consumer)) == ({}, set())


def test_it_is_what_is_not_acknowledged_wherever_it_waits(consumer_of: ConsumerOf) -> None:
    fetching = Fetching(consumer_of(SafeConsumer))
    fetching.fetched(PARTITION, position=60, highwater=100)
    fetching.handled(PARTITION, read=59, committed=40)
    fetching.fetched(OTHER, position=100, highwater=100)
    fetching.handled(OTHER, read=99, committed=40)
    assert fetching.lag == {("order_commands", 0): 60, ("order_commands", 1): 60}


def test_without_a_commit_the_whole_log_waits(consumer_of: ConsumerOf) -> None:
    fetching = Fetching(consumer_of(SafeConsumer))
    fetching.fetched(PARTITION, position=10, highwater=10)
    fetching.handled(PARTITION, read=9, committed=None)
    assert fetching.lag == {("order_commands", 0): 10}


def test_a_caught_up_consumer_has_none_though_a_transaction_ends_the_log(consumer_of: ConsumerOf) -> None:
    fetching = Fetching(consumer_of(SafeConsumer))
    fetching.fetched(PARTITION, position=101, highwater=101)
    fetching.handled(PARTITION, read=99, committed=100)
    fetching.fetched(OTHER, position=101, highwater=101)
    fetching.handled(OTHER, read=100, committed=100)  # As after a seek: nothing was read since.
    assert fetching.lag == {("order_commands", 0): 0, ("order_commands", 1): 0}


def test_the_first_record_after_a_seek_waits_while_it_is_in_flight(consumer_of: ConsumerOf) -> None:
    fetching = Fetching(consumer_of(SafeConsumer))
    fetching.fetched(PARTITION, position=101, highwater=101)
    fetching.handled(PARTITION, read=100, committed=100)
    taken = InFlight(tp=PARTITION, offset=100, acked=False)
    fetching.consumer.unacked.add(taken)
    assert fetching.lag == {("order_commands", 0): 1}
