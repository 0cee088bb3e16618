"""What Kafka tells of consumer groups."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.structs import TopicPartition

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_groups import kafka_groups
from orderflow.adapters.kafka_reader import MissingTopicError
from orderflow.settings import Settings
from orderflow.streaming.topics import ensure_topics
from orderflow.wire.groups import GroupReading
from tests.eventually import eventually

pytestmark = pytest.mark.apache_kafka
SENT = 4


@pytest.fixture
async def topic(kafka_brokers: str, unique: str) -> str:
    """Three partitions, four records on each of the first two."""
    await ensure_topics(Settings(kafka_brokers=kafka_brokers, topic_prefix=unique, partitions=3))
    topic = f"{unique}order_commands"
    async with AIOKafkaProducer(bootstrap_servers=kafka_brokers) as producer:
        for number in range(2 * SENT):
            await producer.send_and_wait(topic, b"%d" % number, partition=number % 2)
    return topic


async def reading(brokers: str, topic: str, group: str) -> GroupReading:
    async with kafka_groups(KafkaAccess(brokers=brokers)) as groups:
        return await groups.read(group, topic)


@asynccontextmanager
async def member(brokers: str, topic: str, group: str, client_id: str) -> AsyncIterator[AIOKafkaConsumer]:
    """One that commits nothing by itself, as soon as it has partitions."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=brokers, group_id=group, client_id=client_id, enable_auto_commit=False
    )
    async with consumer:
        await eventually(consumer.assignment)
        yield consumer


async def test_a_group_nobody_ever_used_has_everything_before_it(kafka_brokers: str, unique: str, topic: str) -> None:
    found = await reading(kafka_brokers, topic, unique)

    assert (found.state, found.members, found.reader_of(0)) == ("Dead", [], None)
    assert [(each.partition, each.committed, each.end, each.lag) for each in found.positions] == [
        (0, None, SENT, SENT),
        (1, None, SENT, SENT),
        (2, None, 0, 0),
    ]


async def test_lag_counts_from_what_is_committed_and_from_the_beginning_where_nothing_is(
    kafka_brokers: str, unique: str, topic: str
) -> None:
    async with member(kafka_brokers, topic, unique, "alone") as consumer:
        await consumer.commit({TopicPartition(topic, 0): 3})
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_brokers)
    await admin.start()
    await admin.delete_records({TopicPartition(topic, 1): RecordsToDelete(before_offset=2)})
    await admin.close()

    found = await reading(kafka_brokers, topic, unique)

    assert [(each.begin, each.committed, each.lag) for each in found.positions] == [
        (0, 3, 1),
        (2, None, 2),
        (0, None, 0),
    ]
    assert (found.state, found.lag) == ("Empty", 3)


async def test_each_partition_names_the_member_that_reads_it(kafka_brokers: str, unique: str, topic: str) -> None:
    async with (
        member(kafka_brokers, topic, unique, "first"),
        member(kafka_brokers, topic, unique, "second"),
        kafka_groups(KafkaAccess(brokers=kafka_brokers)) as groups,
    ):
        found = await groups.read(unique, topic)

        async def shared() -> bool:
            nonlocal found
            found = await groups.read(unique, topic)
            return found.state == "Stable" and len(found.members) == 2

        await eventually(shared)

    readers = [found.reader_of(each.partition) for each in found.positions]
    assert {reader.client_id for reader in readers if reader} == {"first", "second"}
    assert {each.host for each in found.members} == {"127.0.0.1"}
    assert sorted(number for each in found.members for number in each.partitions) == [0, 1, 2]


async def test_the_marker_of_a_transaction_at_the_end_is_a_lag_of_one(
    kafka_brokers: str, unique: str, topic: str
) -> None:
    async with (
        AIOKafkaProducer(bootstrap_servers=kafka_brokers, transactional_id=unique) as producer,
        producer.transaction(),
    ):
        await producer.send_and_wait(topic, b"last", partition=2)
    async with member(kafka_brokers, topic, unique, "alone") as consumer:
        await consumer.seek_to_beginning()
        while (record := await consumer.getone()).partition != 2:
            pass
        await consumer.commit({TopicPartition(topic, 2): record.offset + 1})

    found = await reading(kafka_brokers, topic, unique)

    assert found.positions[2].lag == 1


async def test_a_topic_that_is_missing_is_named(kafka_brokers: str, unique: str) -> None:
    with pytest.raises(MissingTopicError, match=unique):
        await reading(kafka_brokers, unique, unique)
