"""A deployment in memory to be verified: what a worker made of some records, every part of it open to be broken."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from orderflow.adapters.kafka_partitions import partition_of
from orderflow.adapters.memory_orders import InMemoryOrderStore
from orderflow.adapters.memory_statistics import InMemoryStatistics
from orderflow.domain.listing import ListQuery
from orderflow.domain.order import Order
from orderflow.domain.stored import StoredOrder
from orderflow.ports import CacheUnavailableError
from orderflow.verification.evidence import evidence
from orderflow.verification.gathering import Gathered, Gathering
from orderflow.verification.order_rows import UnreadableOrder
from orderflow.verification.report import Report, judge
from orderflow.verification.rows import Layout
from orderflow.verification.sources import Deployment
from orderflow.wire.records import Message, Record, Topic
from tests.unit.command_worker import Worker
from tests.unit.counting import count

LOG = "test/order_commands"
PARTITIONS = 2


@dataclass(kw_only=True)
class InMemoryLogs:
    """Topics as lists of records; `begins` holds partitions that have lost their beginning."""

    topics: dict[Topic, list[Record]]
    begins: dict[tuple[Topic, int], int] = field(default_factory=dict)

    async def beginnings(self, topic: str) -> dict[int, int]:
        return {part: self.begins.get((Topic(topic), part), 0) for part in range(PARTITIONS)}

    async def ends(self, topic: str) -> dict[int, int]:
        ends = await self.beginnings(topic)
        for record in self.topics[Topic(topic)]:
            ends[record.partition] = max(ends[record.partition], record.offset + 1)
        return ends

    async def read(
        self, topic: str, ends: Mapping[int, int], starts: Mapping[int, int] | None = None
    ) -> AsyncIterator[list[Record]]:
        for record in self.topics[Topic(topic)]:
            if (starts or {}).get(record.partition, 0) <= record.offset < ends[record.partition]:
                yield [record]


@dataclass(kw_only=True)
class Deployed:
    """Everything that a verification reads. `listed` makes a list's page of the stored one, `again` are later versions.

    `uncommitted` records at the end of partition 0 are not applied yet.
    """

    logs: InMemoryLogs
    orders: dict[str, StoredOrder | UnreadableOrder]
    stored: InMemoryOrderStore
    listed: Callable[[list[Order]], list[Order]] = list
    cached: dict[str, int | None] = field(default_factory=dict)
    uncommitted: int = 0
    again: dict[str, int] = field(default_factory=dict)
    cache_away: bool = False
    statistics: InMemoryStatistics = field(default_factory=InMemoryStatistics)

    def records(self, topic: Topic) -> list[Record]:
        return self.logs.topics[topic]

    async def verified(self, examples: int = 5) -> tuple[Report, Gathered]:
        with evidence() as read:
            gathered = await Gathering(self._deployment(), read, Unwatched()).all()
            return judge(read, examples, gathered.unchecked.get("Redis"), Unwatched()), gathered

    async def broken(self) -> dict[str, list[str]]:
        """Invariant -> the orders that break it."""
        report, _ = await self.verified()
        return {found.name: [name for name, _ in found.examples] for found in report.findings if found.violations}

    def _deployment(self) -> Deployment:
        return Deployment(
            logs=self.logs,
            group=_Group(self),
            orders=_Orders(self),
            queries=_Lists(self),
            cached=_Cache(self),
            statistics=self.statistics,
            layout=Layout(log_name=LOG, partitions=PARTITIONS, partition_of=partition_of),
            prefix="",
            source="/orderflow",
            patience=0,
        )


async def deployed(*records: Record) -> Deployed:
    """What a worker makes of the records."""
    worker = Worker()
    await worker.apply(*records)
    sent = {topic: as_records(topic, worker.sent(topic)) for topic in Topic}
    return await deployment_of(worker.stored, {**sent, Topic.COMMANDS: list(records)})


async def deployment_of(store: InMemoryOrderStore, topics: dict[Topic, list[Record]]) -> Deployed:
    """Everything is cached and listed as it is stored."""
    keys = {(record.key or b"").decode() for record in topics[Topic.COMMANDS]}
    stored = await store.load(keys)
    versions = {order_id: each.order.version for order_id, each in stored.items()}
    found = Deployed(
        logs=InMemoryLogs(topics=topics), orders={**stored}, stored=store, cached={**versions}, again=dict(versions)
    )
    await count(topics[Topic.EVENTS], PARTITIONS, found.statistics)
    return found


def as_records(topic: Topic, messages: Iterable[Message]) -> list[Record]:
    """The messages as they stand on their partitions."""
    ends = dict.fromkeys(range(PARTITIONS), 0)
    records = []
    for at, message in enumerate(messages):
        part = partition_of(message.key or b"", PARTITIONS)
        records.append(
            Record(
                topic=topic,
                partition=part,
                offset=ends[part],
                timestamp=message.timestamp or 1_767_268_900_000 + at,
                key=message.key,
                value=message.value,
                headers=message.headers,
            )
        )
        ends[part] += 1
    return records


@dataclass(slots=True)
class _Group:
    of: Deployed

    async def committed(self, group: str, topic: str) -> dict[int, int]:
        assert group in ("orderflow-worker", "orderflow-insights")
        ends = await self.of.logs.ends(topic)
        if group == "orderflow-insights":
            return ends
        return {part: end - (0 if part else self.of.uncommitted) for part, end in ends.items()}


@dataclass(slots=True)
class _Orders:
    of: Deployed

    async def orders(self) -> AsyncIterator[Sequence[StoredOrder | UnreadableOrder]]:
        yield list(self.of.orders.values())

    async def versions(self) -> AsyncIterator[Sequence[tuple[str, int | None]]]:
        yield list(self.of.again.items())

    async def estimate(self) -> int:
        return len(self.of.orders)


class _Lists(InMemoryOrderStore):
    def __init__(self, of: Deployed) -> None:
        self.of = of

    async def find(self, query: ListQuery) -> list[Order]:
        return self.of.listed(await self.of.stored.find(query))


@dataclass(slots=True)
class _Cache:
    of: Deployed

    async def versions(self) -> AsyncIterator[Sequence[tuple[str, int | None]]]:
        if self.of.cache_away:
            raise CacheUnavailableError("ConnectionError")
        yield list(self.of.cached.items())


class Unwatched:
    def step(self, title: str, total: int | None = None) -> None: ...

    def advance(self, by: int) -> None: ...
