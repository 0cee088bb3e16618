"""How the topics are set up, as the AsyncAPI document shows it."""

from orderflow.settings import Settings
from orderflow.streaming.topic_configs import topic_configs
from orderflow.wire.documents.asyncapi import asyncapi
from orderflow.wire.json import dumps
from orderflow.wire.records import Topic

_NUMBERS = ("retention.ms", "max.message.bytes")


def encode_asyncapi(settings: Settings) -> bytes:
    """The document of this deployment's topics."""
    bindings = {topic: _binding(topic, settings) for topic in Topic}
    return dumps(asyncapi(bindings, settings.topic_prefix))


def _binding(topic: Topic, settings: Settings) -> dict[str, object]:
    configs = topic_configs(topic, settings)
    numbers = {name: int(configs[name]) for name in _NUMBERS}
    return {
        "partitions": settings.partitions,
        "replicas": settings.replication,
        "topicConfiguration": {"cleanup.policy": ["delete"], **configs, **numbers},
    }
