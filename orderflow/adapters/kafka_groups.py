"""Consumer groups read from Kafka: positions and lag by partition, members and what each of them reads."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment
from aiokafka.errors import for_code

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_admission import kafka_admin
from orderflow.adapters.kafka_cluster import NO_COORDINATOR, KafkaCluster
from orderflow.adapters.kafka_reader import KafkaReader, kafka_reader
from orderflow.wire.groups import DEAD, GroupReading, Member, Position

_ANSWER_SECONDS = 5.0
_UNKNOWN: dict[str, Any] = {"error_code": 0, "state": DEAD, "members": []}
"""What Kafka says of a group that it never heard of."""


class KafkaGroups:
    """Every method raises MissingTopicError for the topic, KafkaError, or TimeoutError after five seconds."""

    def __init__(self, admin: AIOKafkaAdminClient, reader: KafkaReader) -> None:
        self._admin = admin
        self._reader = reader
        self._cluster = KafkaCluster(admin)

    async def read(self, group: str, topic: str) -> GroupReading:
        """The group on its topic, now. Partitions of other topics that its members read are left out."""
        async with asyncio.timeout(_ANSWER_SECONDS):
            described = await self._described(group)
            return GroupReading(
                group=group,
                topic=topic,
                state=described["state"],
                positions=await self._positions(group, topic),
                members=[_member(member, topic) for member in described["members"]],
            )

    async def positions(self, group: str, topic: str) -> Sequence[Position]:
        """By partition."""
        async with asyncio.timeout(_ANSWER_SECONDS):
            return await self._positions(group, topic)

    async def _positions(self, group: str, topic: str) -> list[Position]:
        # What is committed first: a group never seems to be ahead of its topic.
        done = await self._cluster.committed(group, topic)
        begins, ends = await self._reader.beginnings(topic), await self._reader.ends(topic)
        return [
            Position(partition=number, begin=begins[number], end=end, committed=done.get(number))
            for number, end in sorted(ends.items())
        ]

    async def _described(self, group: str) -> dict[str, Any]:
        # One at a time: aiokafka misreads all groups of an answer after the first.
        try:
            (answer,) = await self._admin.describe_consumer_groups([group])
        except NO_COORDINATOR:
            return _UNKNOWN
        described: dict[str, Any] = answer.to_object()["groups"][0]
        if described["error_code"]:
            raise for_code(described["error_code"])(f"group {group}")
        return described


@asynccontextmanager
async def kafka_groups(kafka: KafkaAccess) -> AsyncIterator[KafkaGroups]:
    """Raises KafkaRefusalError, or KafkaError when no broker answers."""
    async with kafka_admin(kafka) as admin, kafka_reader(kafka) as reader:
        yield KafkaGroups(admin, reader)


def _member(described: dict[str, Any], topic: str) -> Member:
    return Member(
        id=described["member_id"],
        client_id=described["client_id"],
        # Java prints an address so.
        host=described["client_host"].removeprefix("/"),
        partitions=_partitions(described["member_assignment"], topic),
    )


def _partitions(assignment: bytes, topic: str) -> list[int]:
    """Empty before its leader has told the member."""
    if not assignment:
        return []
    assigned = ConsumerProtocolMemberAssignment.decode(assignment)
    return sorted(tp.partition for tp in assigned.partitions() if tp.topic == topic)
