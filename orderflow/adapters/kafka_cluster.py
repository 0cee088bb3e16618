"""The Kafka cluster itself: its id, and how far a consumer group has come."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import (
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    NotCoordinatorForGroupError,
)

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_admission import kafka_admin

NO_COORDINATOR = (GroupCoordinatorNotAvailableError, GroupLoadInProgressError, NotCoordinatorForGroupError)
"""A cluster that no group ever used has none yet, one that was just restarted none again."""


class KafkaCluster:
    """Every method raises KafkaError when the broker fails."""

    def __init__(self, admin: AIOKafkaAdminClient) -> None:
        self._admin = admin

    async def id(self) -> str:
        return str((await self._admin.describe_cluster())["cluster_id"])

    async def committed(self, group: str, topic: str) -> dict[int, int]:
        """Partition -> the first offset that the group has not done; partitions without one are left out."""
        try:
            found = await self._admin.list_consumer_group_offsets(group)
        except NO_COORDINATOR:
            return {}
        return {of.partition: done.offset for of, done in found.items() if of.topic == topic and done.offset >= 0}


@asynccontextmanager
async def kafka_cluster(kafka: KafkaAccess) -> AsyncIterator[KafkaCluster]:
    """Raises KafkaRefusalError, or KafkaError when no broker answers."""
    async with kafka_admin(kafka) as admin:
        yield KafkaCluster(admin)
