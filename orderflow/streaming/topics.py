"""The topics of a deployment: created explicitly, all with one partition count, checked before anything starts."""

from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import LeaderNotAvailableError, TopicAlreadyExistsError, for_code

from orderflow.adapters.kafka_publisher import MAX_MESSAGE_BYTES
from orderflow.domain.limits import MAX_RECORD_BYTES
from orderflow.settings import Settings
from orderflow.wire.records import Topic

SAFE_REPLICATION = 3
_DAY_MS = 86_400_000
_ENVELOPE_BYTES = 2**16
_REQUEST_MS = 10_000


class TopicMismatchError(Exception):
    """A topic that exists has another partition count than the setting; the message names it."""


async def ensure_topics(settings: Settings) -> str:
    """Create what is missing, and return the name of the command log: cluster id, topic and ORDERFLOW_LOG_ID.

    Raises TopicMismatchError, or KafkaError when the broker cannot be reached.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_brokers, request_timeout_ms=_REQUEST_MS)
    await admin.start()
    try:
        existing = set(await admin.list_topics())
        wanted = {f"{settings.topic_prefix}{topic}": topic for topic in Topic}
        await _create(admin, [_new(name, topic, settings) for name, topic in wanted.items() if name not in existing])
        await _check(admin, list(wanted), settings.partitions)
        cluster = (await admin.describe_cluster())["cluster_id"]
    finally:
        await admin.close()
    return log_name(cluster, settings)


def log_name(cluster: str, settings: Settings) -> str:
    """What coordinates call the command log."""
    return "/".join(filter(None, (cluster, f"{settings.topic_prefix}{Topic.COMMANDS}", settings.log_id)))


def _new(name: str, topic: Topic, settings: Settings) -> NewTopic:
    kept = topic in (Topic.EVENTS, Topic.DEAD_LETTERS)
    configs = {
        "retention.ms": "-1" if kept else str(settings.retention_days * _DAY_MS),
        "max.message.bytes": str(MAX_MESSAGE_BYTES),
    }
    if settings.replication >= SAFE_REPLICATION:
        # With the broker's default of one, `acks=all` may mean a single copy.
        configs["min.insync.replicas"] = "2"
    if topic == Topic.COMMANDS:
        # The broker's own time: in one log offset and timestamp then rise together.
        configs |= {
            "message.timestamp.type": "LogAppendTime",
            "max.message.bytes": str(MAX_RECORD_BYTES + _ENVELOPE_BYTES),
        }
    return NewTopic(
        name=name,
        num_partitions=settings.partitions,
        replication_factor=settings.replication,
        topic_configs=configs,
    )


async def _create(admin: AIOKafkaAdminClient, topics: list[NewTopic]) -> None:
    if not topics:
        return
    answer = await admin.create_topics(topics)
    for name, code, *reason in answer.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise error(f"topic {name}: {reason}")


async def _check(admin: AIOKafkaAdminClient, names: Iterable[str], partitions: int) -> None:
    for described in await admin.describe_topics(list(names)):
        found = len(described["partitions"])
        if found == 0:
            raise LeaderNotAvailableError(f"topic {described['topic']} is being created")
        if found != partitions:
            raise TopicMismatchError(
                f"topic {described['topic']} has {found} partitions, not {partitions}: "
                f"set ORDERFLOW_PARTITIONS={found}, or ORDERFLOW_TOPIC_PREFIX for topics of its own"
            )
