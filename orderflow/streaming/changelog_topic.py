"""The changelog of the standings: created with as many partitions as the events have, and done away with."""

from aiokafka.admin import AIOKafkaAdminClient
from tenacity import AsyncRetrying, retry_if_result, stop_after_delay, wait_fixed

from orderflow.adapters.kafka_access import KafkaAccess, KafkaRefusalError
from orderflow.adapters.kafka_admission import kafka_admin
from orderflow.adapters.kafka_groups import kafka_groups
from orderflow.settings import Settings
from orderflow.streaming.topic_configs import REFUSALS, in_sync_configs
from orderflow.streaming.topics import create_topics, new_topic, once_created, partition_counts
from orderflow.wire.groups import INSIGHTS_GROUP
from orderflow.wire.records import Topic

TABLE = "standing_by_order"

_HOUR_MS = str(3_600_000)
_CONFIGS = {
    "cleanup.policy": "compact",
    "min.cleanable.dirty.ratio": "0.1",
    "segment.ms": _HOUR_MS,
    # What a former owner was late to write is known by the newer record before it, so that one may not go yet.
    "min.compaction.lag.ms": _HOUR_MS,
}
_GONE_SECONDS = 30.0
_REBUILD = "statistics are to be rebuilt; stop every insights role, then run `orderflow insights --rebuild`"


class ChangelogError(KafkaRefusalError):
    """The changelog cannot be used, or not be built anew; the message says what to do."""


def changelog_name(settings: Settings) -> str:
    """What Faust calls it."""
    return f"{settings.named(INSIGHTS_GROUP)}-{TABLE}-changelog"


async def ensure_changelog(settings: Settings) -> None:
    """Create it where nothing was counted yet. Raises ChangelogError, KafkaRefusalError, or KafkaError."""
    name = changelog_name(settings)
    try:
        async with kafka_admin(KafkaAccess.of(settings)) as admin:
            if name not in await admin.list_topics():
                await _refuse_loss(name, settings)
                await create_topics(admin, [new_topic(name, _CONFIGS | in_sync_configs(settings), settings)])
            await once_created(_check, admin, name, settings.partitions)
    except REFUSALS as refusal:
        raise ChangelogError(f"Kafka refuses to show or create {name}: {refusal!r}") from refusal


async def delete_changelog(settings: Settings) -> None:
    """Returns when it is gone. Raises KafkaRefusalError, or KafkaError."""
    name = changelog_name(settings)
    async with kafka_admin(KafkaAccess.of(settings)) as admin:
        if name in await admin.list_topics():
            await admin.delete_topics([name])
        # Kafka deletes a moment later.
        until_gone = AsyncRetrying(
            retry=retry_if_result(lambda names: name in names),
            wait=wait_fixed(0.1),
            stop=stop_after_delay(_GONE_SECONDS),
        )
        await until_gone(admin.list_topics)


async def _refuse_loss(name: str, settings: Settings) -> None:
    """Who went on from what is committed would never count the orders before it."""
    async with kafka_groups(KafkaAccess.of(settings)) as groups:
        positions = await groups.positions(settings.named(INSIGHTS_GROUP), settings.named(Topic.EVENTS))
    if any(at.done > at.begin for at in positions):
        raise ChangelogError(f"the changelog {name} is gone, and with it what was counted: {_REBUILD}")


async def _check(admin: AIOKafkaAdminClient, name: str, partitions: int) -> None:
    async for _, found in partition_counts(admin, [name]):
        if found != partitions:
            raise ChangelogError(f"the changelog {name} has {found} partitions, not {partitions}: {_REBUILD}")
