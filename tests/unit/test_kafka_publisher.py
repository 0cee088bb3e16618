"""The Kafka publisher over a producer that fails as aiokafka's does: partly, late, for good."""

import gc
import logging

import pytest
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, OutOfOrderSequenceNumber

from orderflow.adapters import kafka_batches, kafka_publisher
from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_partitions import partition_of
from orderflow.adapters.kafka_publisher import KafkaPublisher
from orderflow.wire.records import Message, Topic
from tests.unit.played_kafka import DELIVERED, LOST, NEVER, Kafka

PARTITIONS = 2
HERE, THERE = "a", "d"
"""Keys of different partitions."""


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Kafka:
    played = Kafka()
    monkeypatch.setattr(kafka_batches, "start_producer", played.start)
    return played


@pytest.fixture
def publisher(kafka: Kafka) -> KafkaPublisher:
    assert not kafka.producers
    return KafkaPublisher(kafka=KafkaAccess(brokers="nowhere:1"), prefix="t.", partitions=PARTITIONS)


def message(key: str, value: str, topic: Topic = Topic.EVENTS) -> Message:
    return Message(topic=topic, key=key.encode(), value=value.encode())


MESSAGES = [message(HERE, "1"), message(THERE, "2"), message(HERE, "3"), message(THERE, "4"), message(HERE, "5")]


async def test_everything_goes_to_its_keys_partition_in_order(kafka: Kafka, publisher: KafkaPublisher) -> None:
    assert partition_of(HERE.encode(), PARTITIONS) != partition_of(THERE.encode(), PARTITIONS)
    assert await publisher.publish(MESSAGES) == []
    [producer] = kafka.producers
    assert sorted(producer.sent) == sorted(
        ("t.order_events", partition_of(each.key or b"", PARTITIONS), each.value) for each in MESSAGES
    )
    here = partition_of(HERE.encode(), PARTITIONS)
    assert [value for _, partition, value in producer.sent if partition == here] == [b"1", b"3", b"5"]


async def test_a_producer_is_kept_while_all_goes_well(kafka: Kafka, publisher: KafkaPublisher) -> None:
    await publisher.publish(MESSAGES)
    await publisher.publish(MESSAGES)
    assert len(kafka.producers) == 1


@pytest.mark.parametrize("loss", [LOST, OutOfOrderSequenceNumber()])
async def test_after_a_failed_delivery_the_rest_of_its_partition_is_to_be_sent_again_in_order(
    kafka: Kafka, publisher: KafkaPublisher, loss: Exception
) -> None:
    kafka.fates = {b"3": loss}
    assert await publisher.publish(MESSAGES) == [MESSAGES[2], MESSAGES[4]]


async def test_another_topic_of_the_same_partition_is_not_sent_again(kafka: Kafka, publisher: KafkaPublisher) -> None:
    letter = message(HERE, "9", Topic.DEAD_LETTERS)
    kafka.fates = {b"1": LOST}
    assert await publisher.publish([MESSAGES[0], letter]) == [MESSAGES[0]]


async def test_after_a_failure_the_producer_is_a_new_one(kafka: Kafka, publisher: KafkaPublisher) -> None:
    kafka.fates = {b"3": LOST}
    again = await publisher.publish(MESSAGES)
    assert kafka.producers[0].stopped

    assert await publisher.publish(again) == []

    assert [producer.values for producer in kafka.producers[1:]] == [[b"3", b"5"]]


async def test_a_producer_that_fails_to_close_is_replaced_all_the_same(kafka: Kafka, publisher: KafkaPublisher) -> None:
    kafka.fates = {b"3": LOST, b"2": LOST}
    await publisher.publish([])
    kafka.producers[0].close_error = OSError("gone")

    again = await publisher.publish(MESSAGES)

    assert again == MESSAGES[1:]
    assert await publisher.publish(again) == []
    assert len(kafka.producers) == 2


async def test_what_is_not_acknowledged_in_time_is_to_be_sent_again(
    kafka: Kafka, publisher: KafkaPublisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_publisher, "DELIVERY_SECONDS", 0.01)
    kafka.fates = {b"4": NEVER}
    assert await publisher.publish(MESSAGES) == [MESSAGES[3]]


async def test_a_batch_is_delivered_or_sent_again_as_a_whole(kafka: Kafka, publisher: KafkaPublisher) -> None:
    kafka.room, kafka.fates = 2, {b"3": LOST, b"4": DELIVERED}
    assert await publisher.publish(MESSAGES) == [MESSAGES[0], MESSAGES[2], MESSAGES[4]]
    assert sorted(kafka.producers[0].values) == [b"1", b"2", b"3", b"4", b"5"]


async def test_what_the_producer_did_not_take_is_to_be_sent_again(kafka: Kafka, publisher: KafkaPublisher) -> None:
    kafka.refusals = {b"3": MessageSizeTooLargeError("3 is too large")}
    assert await publisher.publish(MESSAGES) == [MESSAGES[2], MESSAGES[4]]
    assert kafka.producers[0].stopped


async def test_without_a_broker_publishing_raises_and_the_next_attempt_starts_anew(
    kafka: Kafka, publisher: KafkaPublisher
) -> None:
    kafka.away = True
    with pytest.raises(KafkaError, match="no broker"):
        await publisher.publish(MESSAGES)
    kafka.away = False
    assert await publisher.publish(MESSAGES) == []


async def test_a_failure_is_told_once_with_its_reason(
    kafka: Kafka, publisher: KafkaPublisher, caplog: pytest.LogCaptureFixture
) -> None:
    kafka.fates = {b"1": OutOfOrderSequenceNumber("lost"), b"3": LOST}
    await publisher.publish(MESSAGES)
    del kafka.producers[:]
    gc.collect()
    [told] = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert told.getMessage().startswith("3 of 5 messages")
    assert "OutOfOrderSequenceNumber" in told.getMessage()


async def test_closing_delivers_first_and_can_be_repeated(kafka: Kafka, publisher: KafkaPublisher) -> None:
    await publisher.publish(MESSAGES)
    await publisher.close()
    await publisher.close()
    assert kafka.producers[0].stopped
