"""What the topics of a deployment are configured to, and whether topics that exist already agree."""

import logging
from collections.abc import Iterator, Mapping

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    InvalidConfigurationError,
    InvalidTopicError,
    KafkaError,
    PolicyViolationError,
    TopicAuthorizationFailedError,
)

from orderflow.adapters.kafka_access import KafkaRefusalError
from orderflow.adapters.kafka_publisher import MAX_MESSAGE_BYTES
from orderflow.domain.limits import MAX_RECORD_BYTES
from orderflow.settings import Settings
from orderflow.wire.records import Topic

log = logging.getLogger(__name__)

SAFE_REPLICATION = 3
_DAY_MS = 86_400_000
_ENVELOPE_BYTES = 2**16
_TIME, _SIZE, _RETENTION, _CLEANUP = "message.timestamp.type", "max.message.bytes", "retention.ms", "cleanup.policy"

Configs = Mapping[str, str]

REFUSALS = (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    InvalidConfigurationError,
    InvalidTopicError,
    PolicyViolationError,
    TopicAuthorizationFailedError,
)
"""What Kafka answers for good, however often it is asked."""


class TopicMismatchError(KafkaRefusalError):
    """A topic that exists is not as this deployment needs it; the message names it and says what to change."""


def topic_configs(topic: Topic, settings: Settings) -> dict[str, str]:
    """What a new topic is created with."""
    kept = topic in (Topic.EVENTS, Topic.DEAD_LETTERS)
    configs = {_RETENTION: "-1" if kept else str(settings.retention_days * _DAY_MS), _SIZE: str(MAX_MESSAGE_BYTES)}
    if settings.replication >= SAFE_REPLICATION:
        # With the broker's default of one, `acks=all` may mean a single copy.
        configs["min.insync.replicas"] = "2"
    if topic == Topic.COMMANDS:
        # The broker's own time: in one log offset and timestamp then rise together.
        configs |= {_TIME: "LogAppendTime", _SIZE: str(MAX_RECORD_BYTES + _ENVELOPE_BYTES)}
    return configs


async def check_configs(admin: AIOKafkaAdminClient, wanted: Mapping[str, Configs]) -> None:
    """Raises TopicMismatchError for a topic that could lose commands or events; warns of another retention."""
    for name, found in (await _described(admin, list(wanted))).items():
        for config, value in _unusable(wanted[name], found):
            raise TopicMismatchError(
                f"topic {name} has {config}={found[config]}, not {value}: change it with kafka-configs.sh "
                f"--alter --entity-type topics --entity-name {name} --add-config {config}={value}"
            )
        if found[_RETENTION] != wanted[name][_RETENTION]:
            log.warning("topic %s has %s=%s, not %s", name, _RETENTION, found[_RETENTION], wanted[name][_RETENTION])


def _unusable(wanted: Configs, found: Configs) -> Iterator[tuple[str, str]]:
    """Each config that has to be changed, and to what."""
    if found[_TIME] != wanted.get(_TIME, found[_TIME]):
        yield _TIME, wanted[_TIME]
    if int(found[_SIZE]) < int(wanted[_SIZE]):
        yield _SIZE, wanted[_SIZE]
    if "compact" in found[_CLEANUP]:
        yield _CLEANUP, "delete"


async def _described(admin: AIOKafkaAdminClient, names: list[str]) -> dict[str, Configs]:
    """Empty, with a warning, where the broker does not tell: Tansu closes the connection instead."""
    asked = dict.fromkeys((_TIME, _SIZE, _RETENTION, _CLEANUP), "")
    try:
        answers = await admin.describe_configs(
            [ConfigResource(ConfigResourceType.TOPIC, name, asked) for name in names]
        )
    except KafkaError as error:
        log.warning("the topics' configs are not checked, the broker does not tell them: %r", error)
        return {}
    described = [topic for answer in answers for topic in answer.to_object()["resources"]]
    found = {topic["resource_name"]: _entries(topic["config_entries"]) for topic in described}
    return {name: configs for name, configs in found.items() if configs.keys() >= asked.keys()}


def _entries(described: list[dict[str, str]]) -> Configs:
    return {entry["config_names"]: entry["config_value"] for entry in described}
