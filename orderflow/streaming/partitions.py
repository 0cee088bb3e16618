"""More partitions for the topics of a deployment, without losing the order of any order's commands."""

from collections.abc import Mapping

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.errors import LeaderNotAvailableError, for_code

from orderflow.adapters.kafka_access import KafkaAccess, KafkaRefusalError
from orderflow.adapters.kafka_admission import kafka_admin
from orderflow.adapters.kafka_groups import KafkaGroups
from orderflow.adapters.kafka_reader import kafka_reader
from orderflow.settings import Settings
from orderflow.streaming.topic_configs import REFUSALS
from orderflow.wire.groups import WORKER_GROUP
from orderflow.wire.records import Topic


class PartitionsRefusedError(KafkaRefusalError):
    """The partition count may not be changed so; the message says why and what to do."""


async def raise_partitions(settings: Settings, *, force: bool) -> None:
    """Give each topic that exists `settings.partitions` partitions; the same call continues what was interrupted.

    From then on keys lie on other partitions: a command still waiting on the old one could be overtaken by a later
    one on the new, so nothing may wait, unless `force`. Raises KafkaRefusalError, or KafkaError.
    """
    try:
        async with kafka_admin(KafkaAccess.of(settings)) as admin:
            await _raise(admin, settings, force=force)
    except REFUSALS as refusal:
        raise PartitionsRefusedError(f"Kafka refuses: {refusal!r}") from refusal


async def _raise(admin: AIOKafkaAdminClient, settings: Settings, *, force: bool) -> None:
    counts = await _counts(admin, settings)
    for name, count in counts.items():
        if count > settings.partitions:
            raise PartitionsRefusedError(
                f"topic {name} has {count} partitions, and Kafka cannot take any away: name {count} or more"
            )
    short = [name for name, count in counts.items() if count < settings.partitions]
    commands = settings.named(Topic.COMMANDS)
    if commands in short and not force:
        await _refuse_lag(admin, settings, commands)
    # The commands' last: who continues after an interruption then still looks whether any wait.
    for name in sorted(short, key=lambda name: name == commands):
        await _create(admin, name, settings.partitions)
    if short and min((await _counts(admin, settings)).values()) < settings.partitions:
        raise LeaderNotAvailableError("the new partitions are being created")


async def _create(admin: AIOKafkaAdminClient, name: str, partitions: int) -> None:
    answer = await admin.create_partitions({name: NewPartitions(total_count=partitions)})
    for _, code, reason in answer.topic_errors:
        if code:
            raise for_code(code)(f"topic {name}: {reason}")


async def _counts(admin: AIOKafkaAdminClient, settings: Settings) -> Mapping[str, int]:
    """Topic -> partition count, of those that exist."""
    existing = set(await admin.list_topics())
    names = [name for topic in Topic if (name := settings.named(topic)) in existing]
    if not names:
        return {}
    return {described["topic"]: len(described["partitions"]) for described in await admin.describe_topics(names)}


async def _refuse_lag(admin: AIOKafkaAdminClient, settings: Settings, commands: str) -> None:
    waiting = await _lag(admin, settings, commands)
    if waiting:
        raise PartitionsRefusedError(
            f"{waiting} commands on {commands} are not applied yet, and with more partitions later commands of the "
            "same orders would overtake them: stop what sends commands, wait for the workers, then try again "
            "(--force does it all the same: nothing is lost, but such commands may be applied in another order)"
        )


async def _lag(admin: AIOKafkaAdminClient, settings: Settings, commands: str) -> int:
    """How many commands the workers have not acknowledged."""
    async with kafka_reader(KafkaAccess.of(settings)) as reader:
        positions = await KafkaGroups(admin, reader).positions(settings.named(WORKER_GROUP), commands)
    return sum(position.lag for position in positions)
