"""The three servers of the fixtures take what the service needs of them."""

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from motor.motor_asyncio import AsyncIOMotorClient
from redis.asyncio import Redis


async def test_kafka_takes_a_record(kafka_brokers: str, unique: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_brokers)
    await admin.start()
    await admin.create_topics([NewTopic(unique, num_partitions=2, replication_factor=1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=kafka_brokers) as producer:
        written = await producer.send_and_wait(unique, b"value", key=b"key")
    assert written.offset == 0


async def test_mongo_takes_a_document(mongo_url: str, unique: str) -> None:
    client = AsyncIOMotorClient(mongo_url)
    await client[unique].orders.insert_one({"_id": "ord_1"})
    assert await client[unique].orders.find_one() == {"_id": "ord_1"}
    client.close()


async def test_redis_takes_a_value(redis_url: str, unique: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        await redis.set(unique, "value")
        assert await redis.get(unique) == b"value"
