"""Where a verification reads: each server as it needs it, the adapters fit by themselves."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from orderflow.domain.stored import StoredOrder
from orderflow.insights.ports import StatisticsBoard
from orderflow.ports import OrderQueries
from orderflow.verification.order_rows import UnreadableOrder
from orderflow.verification.rows import Layout
from orderflow.wire.records import Record, Topic

Offsets = Mapping[int, int]
Versions = AsyncIterator[Sequence[tuple[str, int | None]]]
"""Order id and version, some at a time; None for a version that is no number."""


class Logs(Protocol):
    """Whole topics; KafkaReader is one."""

    async def beginnings(self, topic: str) -> dict[int, int]: ...

    async def ends(self, topic: str) -> dict[int, int]: ...

    def read(self, topic: str, ends: Offsets, starts: Offsets | None = None) -> AsyncIterator[list[Record]]: ...


class Group(Protocol):
    """A consumer group."""

    async def committed(self, group: str, topic: str) -> dict[int, int]:
        """Partition -> the first offset that is not done; partitions without one are left out."""


class StoredOrders(Protocol):
    """All orders of the system of record."""

    def orders(self) -> AsyncIterator[Sequence[StoredOrder | UnreadableOrder]]: ...

    def versions(self) -> Versions: ...

    async def estimate(self) -> int:
        """About how many there are."""


class CachedOrders(Protocol):
    """All orders of the cache. Raises CacheUnavailableError."""

    def versions(self) -> Versions: ...


class Progress(Protocol):
    """Somebody who watches."""

    def step(self, title: str, total: int | None = None) -> None: ...

    def advance(self, by: int) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """Everything to read. `source` names it in its events; `patience` is how many seconds to wait for the workers."""

    logs: Logs
    group: Group
    orders: StoredOrders
    queries: OrderQueries
    cached: CachedOrders
    statistics: StatisticsBoard
    layout: Layout
    prefix: str
    source: str
    patience: float

    def topic(self, topic: Topic) -> str:
        return f"{self.prefix}{topic}"
