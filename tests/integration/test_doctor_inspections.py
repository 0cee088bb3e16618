"""What the doctor learns of real servers, and that it leaves nothing behind."""

import pytest

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_inspection import kafka_inspection
from orderflow.adapters.kafka_reader import kafka_reader, newest_time
from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.adapters.mongo_inspection import MongoInspection
from orderflow.bootstrap import now
from orderflow.settings import Settings
from orderflow.streaming.topic_configs import CHECKED
from orderflow.streaming.topics import ensure_topics
from orderflow.wire.records import Topic
from tests.e2e.deployment import Deployment


@pytest.fixture
async def deployed(kafka_brokers: str, unique: str) -> Settings:
    settings = Settings(kafka_brokers=kafka_brokers, topic_prefix=f"{unique}.", partitions=4)
    await ensure_topics(settings)
    return settings


@pytest.mark.apache_kafka
async def test_kafka_is_looked_at_without_a_record_written_or_a_topic_created(deployed: Settings) -> None:
    names = [deployed.named(topic) for topic in Topic]
    async with kafka_inspection(KafkaAccess.of(deployed)) as inspection:
        cluster = await inspection.cluster()
        found = await inspection.topics([*names, "nowhere"], CHECKED)
        refused = await inspection.refused_writes([*names, "nowhere"])

    assert (cluster.brokers, 22 in cluster.requests) == (1, True)
    assert {(name, facts.partitions, facts.replication, facts.in_sync) for name, facts in found.items()} == {
        (name, 4, 1, 1) for name in names
    }
    assert found[names[0]].configs["message.timestamp.type"] == "LogAppendTime"
    assert refused == {}
    async with kafka_reader(KafkaAccess.of(deployed)) as reader:
        assert {sum((await reader.ends(name)).values()) for name in names} == {0}
        assert "nowhere" not in await inspection_of_all(deployed)


async def inspection_of_all(settings: Settings) -> set[str]:
    async with kafka_inspection(KafkaAccess.of(settings)) as inspection:
        return set(await inspection.topics([settings.named(Topic.EVENTS), "nowhere"], CHECKED))


@pytest.mark.apache_kafka
async def test_kafkas_time_is_that_of_the_newest_command(
    deployed: Settings, servers: dict[str, str], unique: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    topic = deployed.named(Topic.COMMANDS)
    async with kafka_reader(KafkaAccess.of(deployed)) as reader:
        assert await newest_time(reader, topic) is None
        before = now().timestamp()
        await Deployment(servers, unique, tmp_path_factory.mktemp("home")).produce(("a", b"1"), ("b", b"2"))
        newest = await newest_time(reader, topic)

    assert newest is not None
    assert before - 0.01 <= newest / 1000 <= now().timestamp()


async def test_mongodb_is_looked_at_without_an_order_stored(database: MongoConnection) -> None:
    await database.ensure_indexes()
    inspection = MongoInspection(database, now)

    facts = await inspection.server()

    assert (facts.writable, facts.version >= (4, 4)) == (True, True)
    assert abs(facts.ahead) < 1
    assert await inspection.refused_write() is None
    assert await database.orders.count_documents({}) == 0


async def test_an_index_of_another_kind_is_none_of_ours(database: MongoConnection) -> None:
    """Without uniqueness a reference could be taken twice."""
    await database.orders.create_index([("client_id", 1), ("external_ref", 1)])
    await database.orders.create_index([("client_id", 1), ("created_at", 1), ("_id", 1)])
    assert await database.missing_indexes() == ["state, created_at, _id", "client_id, external_ref (unique)"]
