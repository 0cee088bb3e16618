"""The topics of a deployment: created explicitly, all with one partition count, checked before anything starts."""

from collections.abc import AsyncIterator, Iterable, Mapping

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import LeaderNotAvailableError, TopicAlreadyExistsError, for_code
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_admission import kafka_admin
from orderflow.settings import Settings
from orderflow.streaming.topic_configs import REFUSALS, TopicMismatchError, check_configs, topic_configs
from orderflow.wire.records import Topic

once_created = AsyncRetrying(
    retry=retry_if_exception_type(LeaderNotAvailableError),
    wait=wait_fixed(0.05),
    stop=stop_after_delay(5),
    reraise=True,
)


async def ensure_topics(settings: Settings) -> str:
    """Create what is missing, and return the name of the command log: cluster id, topic and ORDERFLOW_LOG_ID.

    Raises KafkaRefusalError, or KafkaError when the broker cannot be reached.
    """
    try:
        async with kafka_admin(KafkaAccess.of(settings)) as admin:
            cluster = await _ensured(admin, settings)
    except REFUSALS as refusal:
        raise TopicMismatchError(f"Kafka refuses to show or create the topics: {refusal!r}") from refusal
    return log_name(cluster, settings)


async def _ensured(admin: AIOKafkaAdminClient, settings: Settings) -> str:
    """The cluster's id."""
    existing = set(await admin.list_topics())
    wanted = {settings.named(topic): topic_configs(topic, settings) for topic in Topic}
    missing = wanted.keys() - existing
    await create_topics(admin, [new_topic(name, wanted[name], settings) for name in sorted(missing)])
    await once_created(_check, admin, list(wanted), settings.partitions)
    await check_configs(admin, wanted)
    return str((await admin.describe_cluster())["cluster_id"])


def log_name(cluster: str, settings: Settings) -> str:
    """What coordinates call the command log."""
    return "/".join(filter(None, (cluster, settings.named(Topic.COMMANDS), settings.log_id)))


def new_topic(name: str, configs: Mapping[str, str], settings: Settings) -> NewTopic:
    return NewTopic(
        name=name,
        num_partitions=settings.partitions,
        replication_factor=settings.replication,
        topic_configs=configs,
    )


async def create_topics(admin: AIOKafkaAdminClient, topics: list[NewTopic]) -> None:
    """Those that exist by now are left as they are. Raises KafkaError."""
    if not topics:
        return
    answer = await admin.create_topics(topics)
    for name, code, *reason in answer.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise error(f"topic {name}: {reason}")


async def partition_counts(admin: AIOKafkaAdminClient, names: Iterable[str]) -> AsyncIterator[tuple[str, int]]:
    """Of each topic. Raises LeaderNotAvailableError for one that is being created."""
    for described in await admin.describe_topics(list(names)):
        found = len(described["partitions"])
        if found == 0:
            raise LeaderNotAvailableError(f"topic {described['topic']} is being created")
        yield described["topic"], found


async def _check(admin: AIOKafkaAdminClient, names: Iterable[str], partitions: int) -> None:
    async for name, found in partition_counts(admin, names):
        if found != partitions:
            raise TopicMismatchError(
                f"topic {name} has {found} partitions, not {partitions}: "
                f"set ORDERFLOW_PARTITIONS={found}, or ORDERFLOW_TOPIC_PREFIX for topics of its own"
            )
