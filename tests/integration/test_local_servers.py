"""The embedded servers keep what they acknowledged when they are killed."""

from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import WriteConcern

from orderflow.local.kafka import Kafka
from orderflow.local.mongo import SecantusDB
from orderflow.local.server import Server
from orderflow.local.stack import broker
from orderflow.local.tansu import Tansu

TOPIC = "kept"


@pytest.mark.apache_kafka
async def test_kafka_keeps_records_and_cluster_id_when_it_comes_back_on_another_port(tmp_path: Path) -> None:
    assert isinstance(broker(), Kafka)
    with Server(broker(), tmp_path) as first:
        before = await cluster_id(first.address)
        await write(first.address, b"acknowledged")
        first.kill()
    with Server(broker(), tmp_path) as second:
        assert second.port != first.port
        assert await cluster_id(second.address) == before
        assert await read(second.address) == b"acknowledged"


async def test_mongo_keeps_an_acknowledged_document_when_it_is_killed(tmp_path: Path) -> None:
    with Server(SecantusDB(), tmp_path) as server:
        client: AsyncIOMotorClient = AsyncIOMotorClient(server.environment["ORDERFLOW_MONGO_URL"])
        orders = client.test.orders.with_options(write_concern=WriteConcern(w="majority", j=True))
        await orders.insert_many([{"_id": number} for number in range(1000)])
        port = server.port
        server.kill()
        server.start()
        assert server.port == port
        assert await orders.count_documents({}) == 1000
        client.close()


async def test_tansu_has_another_log_id_at_each_start(tmp_path: Path) -> None:
    with Server(Tansu(), tmp_path) as server:
        first = server.environment
        await write(server.address, b"forgotten")
        server.kill()
        server.start()
        assert server.environment["ORDERFLOW_KAFKA_BROKERS"] == first["ORDERFLOW_KAFKA_BROKERS"]
        assert server.environment["ORDERFLOW_LOG_ID"] != first["ORDERFLOW_LOG_ID"]


async def cluster_id(brokers: str) -> str:
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    try:
        return str((await admin.describe_cluster())["cluster_id"])
    finally:
        await admin.close()


async def write(brokers: str, value: bytes) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, num_partitions=1, replication_factor=1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=brokers, acks="all") as producer:
        await producer.send_and_wait(TOPIC, value)


async def read(brokers: str) -> bytes | None:
    async with AIOKafkaConsumer(bootstrap_servers=brokers) as consumer:
        partition = TopicPartition(TOPIC, 0)
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        return (await consumer.getone()).value
