"""What topics are configured to, the broker's defaults included."""

from collections.abc import Iterable, Mapping

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

Configs = Mapping[str, str]


async def described_configs(
    admin: AIOKafkaAdminClient, names: Iterable[str], asked: Iterable[str]
) -> dict[str, Configs]:
    """Topic -> config -> value, for topics of which all is told. Raises KafkaError."""
    wanted = dict.fromkeys(asked, "")
    answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name, wanted) for name in names])
    described = [topic for answer in answers for topic in answer.to_object()["resources"]]
    found = {topic["resource_name"]: _entries(topic["config_entries"]) for topic in described}
    return {name: configs for name, configs in found.items() if configs.keys() >= wanted.keys()}


def _entries(described: list[dict[str, str]]) -> Configs:
    return {entry["config_names"]: entry["config_value"] for entry in described}
