import asyncio

import pytest
from pydantic import SecretStr

from orderflow.settings import Settings
from orderflow.streaming.topics import TopicMismatchError, ensure_topics


def settings(brokers: str, prefix: str, **changed: int) -> Settings:
    return Settings(kafka_brokers=brokers, mongo_url=SecretStr("unused"), topic_prefix=f"{prefix}.", **changed)


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
