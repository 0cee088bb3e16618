import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaConnectionError
from pydantic import SecretStr

from orderflow.adapters.kafka_configs import described_configs
from orderflow.settings import Settings
from orderflow.streaming.topic_configs import TopicMismatchError, topic_configs
from orderflow.streaming.topics import ensure_topics
from orderflow.wire.records import Topic
from tests.eventually import eventually


def settings(brokers: str, prefix: str, **changed: int) -> Settings:
    return Settings(kafka_brokers=brokers, mongo_url=SecretStr("unused"), topic_prefix=f"{prefix}.", **changed)


async def test_topics_that_somebody_creates_at_the_same_moment_are_taken_as_they_are(
    kafka_brokers: str, unique: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = settings(kafka_brokers, unique, partitions=3)
    look = AIOKafkaAdminClient.list_topics
    raced = False

    async def look_and_be_overtaken(admin: AIOKafkaAdminClient) -> list[str]:
        nonlocal raced
        found: list[str] = await look(admin)
        if not raced:
            raced = True
            await ensure_topics(wanted)
        return found

    monkeypatch.setattr(AIOKafkaAdminClient, "list_topics", look_and_be_overtaken)
    assert (await ensure_topics(wanted)).endswith(f"/{unique}.order_commands")
    assert raced


async def test_topics_are_created_once_however_many_create_them_at_once(kafka_brokers: str, unique: str) -> None:
    wanted = settings(kafka_brokers, unique, partitions=3)

    names = await asyncio.gather(*(ensure_topics(wanted) for _ in range(2)), return_exceptions=True)

    assert [name for name in names if isinstance(name, TopicMismatchError)] == []
    assert (await ensure_topics(wanted)).endswith(f"/{unique}.order_commands")


async def test_another_partition_count_is_refused_naming_topic_and_setting(kafka_brokers: str, unique: str) -> None:
    await ensure_topics(settings(kafka_brokers, unique, partitions=3))

    with pytest.raises(
        TopicMismatchError, match=rf"{unique}\.order_\w+ has 3 partitions, not 4.*ORDERFLOW_PARTITIONS=3"
    ):
        await ensure_topics(settings(kafka_brokers, unique, partitions=4))


@pytest.mark.apache_kafka
@pytest.mark.parametrize(
    ("topic", "config", "values"),
    [
        ("order_commands", "message.timestamp.type", ("CreateTime", "LogAppendTime")),
        ("order_commands", "max.message.bytes", ("1048588", "1114112")),
        ("order_events", "max.message.bytes", ("1048588", "4194304")),
        ("order_outcomes", "cleanup.policy", ("compact,delete", "delete")),
    ],
)
async def test_a_topic_that_could_lose_records_is_refused_naming_config_and_remedy(
    kafka_brokers: str, unique: str, topic: str, config: str, values: tuple[str, str]
) -> None:
    bad, good = values
    wanted = settings(kafka_brokers, unique, partitions=1)
    await ensure_topics(wanted)
    await configure(kafka_brokers, f"{unique}.{topic}", topic_configs(Topic(topic), wanted) | {config: bad})

    with pytest.raises(TopicMismatchError, match=rf"{topic} has {config}={bad}, not {good}: .*--add-config") as refused:
        await ensure_topics(wanted)

    assert f"--add-config {config}={good}" in str(refused.value)


@pytest.mark.apache_kafka
async def test_another_retention_is_only_a_warning(
    kafka_brokers: str, unique: str, caplog: pytest.LogCaptureFixture
) -> None:
    wanted = settings(kafka_brokers, unique, partitions=1)
    await ensure_topics(wanted)
    assert caplog.messages == []

    await ensure_topics(settings(kafka_brokers, unique, partitions=1, retention_days=1))

    assert [message.split(" has ")[0] for message in caplog.messages] == [
        f"topic {unique}.order_commands",
        f"topic {unique}.order_outcomes",
    ]


async def test_a_broker_that_does_not_tell_configs_is_taken_at_its_word_with_a_warning(
    kafka_brokers: str, unique: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def closed(*_: object) -> None:
        raise KafkaConnectionError("closed")

    monkeypatch.setattr(AIOKafkaAdminClient, "describe_configs", closed)
    await ensure_topics(settings(kafka_brokers, unique, partitions=1))
    assert [message for message in caplog.messages if "not checked" in message]


async def configure(brokers: str, topic: str, configs: dict[str, str]) -> None:
    """All of them: what is not named goes back to its default. The broker tells of it a moment after it has agreed."""
    async with admin_of(brokers) as admin:

        async def told() -> bool:
            return (await described_configs(admin, [topic], configs)).get(topic) == configs

        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs)])
        await eventually(told)


@asynccontextmanager
async def admin_of(brokers: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def test_what_kafka_refuses_for_good_is_told_and_not_asked_again(kafka_brokers: str, unique: str) -> None:
    with pytest.raises(TopicMismatchError, match=r"Kafka refuses.*InvalidTopic"):
        await ensure_topics(settings(kafka_brokers, unique + "x" * 300, partitions=1))
