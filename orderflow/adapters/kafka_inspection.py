"""What Kafka tells of itself and its topics, and whether it would take records from us; nothing is changed."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.produce import ProduceRequest

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_admission import kafka_admin
from orderflow.adapters.kafka_configs import Configs, described_configs

_ACKS_ALL = -1
_ANSWER_MS = 3_000
_WELCOME = (0, 87)
"""The answers to who sends no record, but may send some: done, or INVALID_RECORD, which aiokafka does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterFacts:
    """`requests`: the numbers of those that the first broker knows."""

    brokers: int
    requests: Collection[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicFacts:
    """Of copies, the partition with the fewest counts. Without `configs` the broker does not tell them."""

    partitions: int
    replication: int
    in_sync: int
    leaderless: int
    configs: Configs


class KafkaInspection:
    """Raises KafkaError."""

    def __init__(self, admin: AIOKafkaAdminClient) -> None:
        self._admin = admin

    async def cluster(self) -> ClusterFacts:
        described = await self._admin.describe_cluster()
        connection = next(iter(self._admin._client._conns.values()))  # noqa: SLF001 - it asked, and tells nobody
        return ClusterFacts(brokers=len(described["brokers"]), requests=connection._versions.keys())  # noqa: SLF001

    async def topics(self, names: Collection[str], asked: Iterable[str]) -> dict[str, TopicFacts]:
        """Those that exist, with the configs asked for."""
        found = await self._found(names)
        try:
            configs = await described_configs(self._admin, list(found), asked)
        except KafkaError:
            # Tansu closes the connection instead.
            configs = {}
        return {name: _facts(partitions, configs.get(name, {})) for name, partitions in found.items()}

    async def refused_writes(self, names: Collection[str]) -> dict[str, str]:
        """Topic -> why it takes nothing from us; those that do are left out.

        Asked with a request that holds no record: Kafka looks at who may write before it looks for one.
        """
        refusals = {}
        for name, partitions in (await self._found(names)).items():
            code = await self._answer_to_nothing(name, partitions[0])
            if code not in _WELCOME:
                refusals[name] = for_code(code).__name__
        return refusals

    async def _answer_to_nothing(self, name: str, partition: Mapping[str, Any]) -> int:
        nothing = ProduceRequest(None, _ACKS_ALL, _ANSWER_MS, [(name, [(partition["partition"], b"")])])
        answer = await self._admin._client.send(partition["leader"], nothing)  # noqa: SLF001 - the admin has no such call
        [(_, [(_, code, *_)])] = answer.topics
        return int(code)

    async def _found(self, names: Collection[str]) -> dict[str, list[dict[str, Any]]]:
        # All topics: asked for one that is missing, a broker might create it.
        described = await self._admin.describe_topics()
        return {topic["topic"]: topic["partitions"] for topic in described if topic["topic"] in names}


@asynccontextmanager
async def kafka_inspection(kafka: KafkaAccess) -> AsyncIterator[KafkaInspection]:
    """Raises KafkaRefusalError, or KafkaError when no broker answers."""
    async with kafka_admin(kafka) as admin:
        yield KafkaInspection(admin)


def _facts(partitions: list[dict[str, Any]], configs: Configs) -> TopicFacts:
    return TopicFacts(
        partitions=len(partitions),
        replication=min(len(partition["replicas"]) for partition in partitions),
        in_sync=min(len(partition["isr"]) for partition in partitions),
        leaderless=sum(partition["leader"] < 0 for partition in partitions),
        configs=configs,
    )
