"""The command producer and the outcome tail on a real broker."""

import time
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.structs import TopicPartition

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.domain.outcome import Outcome
from orderflow.streaming.command_producer import CommandProducer, NotAcceptedError
from orderflow.streaming.outcome_board import OutcomeBoard
from orderflow.streaming.outcome_tail import OutcomeTail
from orderflow.streaming.topic_configs import TopicMismatchError
from orderflow.wire.outcomes import encode_outcome
from tests.builders import applied, unchecked
from tests.eventually import eventually

PARTITIONS = 4


@pytest.fixture
def kafka(kafka_brokers: str) -> KafkaAccess:
    return KafkaAccess(brokers=kafka_brokers)


@pytest.fixture
async def topic(kafka_brokers: str, unique: str) -> str:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_brokers)
    await admin.start()
    await admin.create_topics([NewTopic(unique, PARTITIONS, 1)])
    await admin.close()
    return unique


@pytest.fixture
async def producer(kafka: KafkaAccess, topic: str) -> AsyncIterator[CommandProducer]:
    producer = CommandProducer(kafka=kafka, topic=topic, partitions=PARTITIONS, check=unchecked)
    await producer.start()
    yield producer
    await producer.stop()


def outcome(number: int) -> Outcome:
    return applied(f"ord_{number}", f"cmd_{number}")


async def test_a_command_is_stored_under_its_key_when_enqueue_returns(
    kafka_brokers: str, topic: str, producer: CommandProducer
) -> None:
    await producer.enqueue("ord_1", b"{}", [("traceparent", b"t")])
    partition = DefaultPartitioner()(b"ord_1", list(range(PARTITIONS)), list(range(PARTITIONS)))
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka_brokers, group_id=None, auto_offset_reset="earliest")
    await consumer.start()
    consumer.assign([TopicPartition(topic, partition)])
    record = await consumer.getone()
    await consumer.stop()
    assert (record.key, record.value, record.headers) == (b"ord_1", b"{}", (("traceparent", b"t"),))


async def test_the_tail_hears_every_partition_from_its_start_on(
    kafka: KafkaAccess, topic: str, producer: CommandProducer
) -> None:
    await producer.enqueue("ord_99", encode_outcome(outcome(99)))
    board = OutcomeBoard(time.monotonic)
    tail = OutcomeTail(kafka=kafka, topic=topic, partitions=PARTITIONS, board=board)
    await tail.start()
    await eventually(lambda: tail.ready)
    for number in range(20):
        await producer.enqueue(f"ord_{number}", encode_outcome(outcome(number)))
    await eventually(lambda: all(board.newest_version(f"ord_{number}") for number in range(20)))
    await tail.stop()
    assert not tail.ready
    assert board.newest_version("ord_99") == 0


async def test_a_tail_that_was_away_misses_nothing(kafka: KafkaAccess, topic: str, producer: CommandProducer) -> None:
    board = OutcomeBoard(time.monotonic)
    tail = OutcomeTail(kafka=kafka, topic=topic, partitions=PARTITIONS, board=board)
    await tail.start()
    await eventually(lambda: tail.ready)
    await tail.stop()
    await producer.enqueue("ord_1", encode_outcome(outcome(1)))
    await tail.start()
    await eventually(lambda: board.newest_version("ord_1"))
    await tail.stop()


async def test_a_topic_that_does_not_exist_takes_no_command(kafka: KafkaAccess, unique: str) -> None:
    producer = CommandProducer(kafka=kafka, topic=unique, partitions=PARTITIONS, check=unchecked)
    await producer.start()
    with pytest.raises(NotAcceptedError):
        await producer.enqueue("ord_1", b"{}")
    await producer.stop()


async def test_without_a_broker_it_is_said_soon_that_nothing_was_sent(unused_tcp_port: int) -> None:
    producer = CommandProducer(
        kafka=KafkaAccess(brokers=f"127.0.0.1:{unused_tcp_port}"), topic="t", partitions=PARTITIONS, check=unchecked
    )
    await producer.start()
    asked = time.monotonic()
    with pytest.raises(NotAcceptedError):
        await producer.enqueue("ord_1", b"{}")
    assert time.monotonic() - asked < 3
    assert not producer.ready
    await producer.stop()


async def test_nothing_is_taken_for_topics_that_are_not_as_they_have_to_be(kafka: KafkaAccess, topic: str) -> None:
    problems = [TopicMismatchError("topic t has 3 partitions, not 4")]

    async def check() -> None:
        for problem in problems:
            raise problem

    producer = CommandProducer(kafka=kafka, topic=topic, partitions=PARTITIONS, check=check)
    await producer.start()
    await eventually(lambda: producer.refusal)
    with pytest.raises(NotAcceptedError, match="topic t has 3 partitions, not 4"):
        await producer.enqueue("ord_1", b"{}")
    assert not producer.ready
    problems.clear()
    await eventually(lambda: producer.ready)
    assert producer.refusal is None
    await producer.enqueue("ord_1", b"{}")
    await producer.stop()
