import pytest
from aiokafka import AIOKafkaProducer

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_reader import MissingTopicError, kafka_reader
from orderflow.settings import Settings
from orderflow.streaming.topics import ensure_topics


async def test_a_topic_is_read_from_one_offset_to_another(kafka_brokers: str, unique: str) -> None:
    await ensure_topics(Settings(kafka_brokers=kafka_brokers, topic_prefix=unique, partitions=3))
    topic = f"{unique}order_events"
    async with AIOKafkaProducer(bootstrap_servers=kafka_brokers) as producer:
        for number in range(20):
            await producer.send_and_wait(topic, b"%d" % number, partition=number % 2, headers=[("n", b"%d" % number)])

    async with kafka_reader(KafkaAccess(brokers=kafka_brokers)) as reader:
        ends = await reader.ends(topic)
        whole = [record async for records in reader.read(topic, ends) for record in records]
        part = [record async for records in reader.read(topic, {0: 5, 1: 2}, {0: 3, 1: 2}) for record in records]
        beginnings = await reader.beginnings(topic)

    assert beginnings == {0: 0, 1: 0, 2: 0}
    assert ends == {0: 10, 1: 10, 2: 0}
    assert sorted(int(record.value or b"") for record in whole) == list(range(20))
    assert [(record.partition, record.offset, record.value, record.headers) for record in part] == [
        (0, 3, b"6", (("n", b"6"),)),
        (0, 4, b"8", (("n", b"8"),)),
    ]


async def test_a_topic_that_is_missing_is_named(kafka_brokers: str, unique: str) -> None:
    async with kafka_reader(KafkaAccess(brokers=kafka_brokers)) as reader:
        with pytest.raises(MissingTopicError, match=unique):
            await reader.ends(unique)
