"""What the topics of a deployment are configured to, and whether topics that exist already agree."""

import logging
from collections.abc import Iterator, Mapping

from aiokafka.admin import AIOKafkaAdminClient
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
from orderflow.adapters.kafka_configs import Configs, described_configs
from orderflow.adapters.kafka_publisher import MAX_MESSAGE_BYTES
from orderflow.domain.limits import MAX_RECORD_BYTES
from orderflow.settings import Settings
from orderflow.wire.records import Topic

log = logging.getLogger(__name__)

SAFE_REPLICATION = 3
DAY_MS = 86_400_000
_ENVELOPE_BYTES = 2**16
_SIZE, _CLEANUP = "max.message.bytes", "cleanup.policy"
TIME, RETENTION, IN_SYNC = "message.timestamp.type", "retention.ms", "min.insync.replicas"
CHECKED = (TIME, _SIZE, RETENTION, _CLEANUP, IN_SYNC)
"""What is looked at in topics that exist."""

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
    configs = {RETENTION: "-1" if kept else str(settings.retention_days * DAY_MS), _SIZE: str(MAX_MESSAGE_BYTES)}
    configs |= in_sync_configs(settings)
    if topic == Topic.COMMANDS:
        # The broker's own time: in one log offset and timestamp then rise together.
        configs |= {TIME: "LogAppendTime", _SIZE: str(MAX_RECORD_BYTES + _ENVELOPE_BYTES)}
    return configs


def in_sync_configs(settings: Settings) -> dict[str, str]:
    """With the broker's default of one, `acks=all` may mean a single copy."""
    return {IN_SYNC: "2"} if settings.replication >= SAFE_REPLICATION else {}


async def check_configs(admin: AIOKafkaAdminClient, wanted: Mapping[str, Configs]) -> None:
    """Raises TopicMismatchError for a topic that could lose commands or events; warns of another retention."""
    for name, found in (await _described(admin, list(wanted))).items():
        for config, value in unusable(wanted[name], found):
            raise TopicMismatchError(
                f"topic {name} has {config}={found[config]}, not {value}: {remedy(name, config, value)}"
            )
        if found[RETENTION] != wanted[name][RETENTION]:
            log.warning("topic %s has %s=%s, not %s", name, RETENTION, found[RETENTION], wanted[name][RETENTION])


def unusable(wanted: Configs, found: Configs) -> Iterator[tuple[str, str]]:
    """Each config that has to be changed, and to what."""
    if found[TIME] != wanted.get(TIME, found[TIME]):
        yield TIME, wanted[TIME]
    if int(found[_SIZE]) < int(wanted[_SIZE]):
        yield _SIZE, wanted[_SIZE]
    if "compact" in found[_CLEANUP]:
        yield _CLEANUP, "delete"


def remedy(topic: str, config: str, value: str) -> str:
    """How a topic gets another config."""
    return (
        "change it with kafka-configs.sh "
        f"--alter --entity-type topics --entity-name {topic} --add-config {config}={value}"
    )


async def _described(admin: AIOKafkaAdminClient, names: list[str]) -> dict[str, Configs]:
    """Empty, with a warning, where the broker does not tell: Tansu closes the connection instead."""
    try:
        return await described_configs(admin, names, CHECKED)
    except KafkaError as error:
        log.warning("the topics' configs are not checked, the broker does not tell them: %r", error)
        return {}
