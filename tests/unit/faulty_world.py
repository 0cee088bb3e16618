"""A command log, the workers on it and their servers, each broken exactly where a test says."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, auto
from functools import partial
from itertools import count
from typing import TypeVar

from orderflow.adapters.memory_cache import InMemoryCache
from orderflow.adapters.memory_orders import InMemoryOrderStore
from orderflow.adapters.memory_publisher import InMemoryPublisher
from orderflow.domain.stored import Received, StoredOrder
from orderflow.ports import Conflict, Refresh, Saved, Write
from orderflow.processing.batch import Folded, Holders, Orders
from orderflow.processing.encoding import BatchFolder, ReadRecord
from orderflow.processing.hot_orders import HotOrders
from orderflow.processing.processor import CommandProcessor
from orderflow.processing.readiness import Readiness
from orderflow.processing.whole_task import AbandonedError
from orderflow.wire.records import Message, Record, Topic
from tests.builders import NOW, RULES
from tests.unit.command_worker import WrappedStore

BUG = "a bug"
"""Pure code fails on every command whose actor this is."""
T = TypeVar("T")


class Step(StrEnum):
    """Where a batch meets the world."""

    LOAD = auto()
    SAVE = auto()
    EVENTS = auto()
    REFRESH = auto()
    OUTCOMES = auto()
    ACKNOWLEDGE = auto()


class Fault(StrEnum):
    """What can happen there."""

    AWAY = auto()
    NO_REPLY = auto()
    PARTLY = auto()
    DIES_BEFORE = auto()
    DIES_AFTER = auto()
    RIVAL = auto()


@dataclass(kw_only=True)
class Member:
    """A worker of the group: how far it has read and what it remembers."""

    position: int
    hot: HotOrders = field(default_factory=lambda: HotOrders(2**20))
    busy: bool = False


@dataclass(kw_only=True)
class FaultyWorld:
    """One partition. The last of `members` owns it, the others do not know yet that they lost it."""

    stored: InMemoryOrderStore = field(default_factory=InMemoryOrderStore)
    store: type[WrappedStore] = WrappedStore
    acknowledges_early: bool = False
    cache: InMemoryCache = field(default_factory=InMemoryCache)
    publisher: InMemoryPublisher = field(default_factory=InMemoryPublisher)
    log: list[Record] = field(default_factory=list)
    committed: int = 0
    members: list[Member] = field(default_factory=list)
    faults: deque[tuple[Step, Fault]] = field(default_factory=deque)
    ticks: Iterator[int] = field(default_factory=count)

    def clock(self) -> datetime:
        return NOW + timedelta(milliseconds=next(self.ticks))

    def assign(self) -> Member:
        """A new owner, which begins at what is committed."""
        self.members.append(Member(position=self.committed))
        return self.members[-1]

    async def handle_next(self, member: Member, size: int) -> None:
        """Take a batch, do all that has to be done, acknowledge; or die."""
        batch = self.log[member.position : member.position + size]
        member.busy = True
        try:
            if self.acknowledges_early:
                self._commit(member, len(batch))
            await self._processor(member).apply(batch)
            await self.meet(Step.ACKNOWLEDGE, partial(self._acknowledge, member, len(batch)))
        except* (asyncio.CancelledError, ConnectionError, TimeoutError, AbandonedError):
            self.members = [other for other in self.members if other is not member]
        member.busy = False

    async def meet(self, step: Step, act: Callable[[], Awaitable[T]]) -> T:
        """Do it, with the fault that waits for this step, if any."""
        fault = self.next_fault(step)
        if fault:
            self.faults.remove((step, fault))
        if fault == Fault.AWAY:
            raise ConnectionError("away")
        if fault == Fault.DIES_BEFORE:
            raise asyncio.CancelledError
        if fault == Fault.RIVAL:
            await self._rival()
        if fault == Fault.PARTLY:
            unlucky = self.publisher.sent + 2
            self.publisher.refuses = lambda number: number == unlucky
        result = await act()
        if fault == Fault.NO_REPLY:
            raise TimeoutError("no reply")
        if fault == Fault.DIES_AFTER:
            raise asyncio.CancelledError
        return result

    def next_fault(self, step: Step) -> Fault | None:
        return next((fault for due, fault in self.faults if due == step), None)

    async def _rival(self) -> None:
        """Another worker takes the partition, or one that had it goes on, and handles a batch meanwhile."""
        idle = next((member for member in self.members if not member.busy), None)
        await self.handle_next(idle or self.assign(), 2)

    async def _acknowledge(self, member: Member, records: int) -> None:
        self._commit(member, records)
        member.position += records

    def _commit(self, member: Member, records: int) -> None:
        if self.members and member is self.members[-1]:
            self.committed = max(self.committed, member.position + records)

    def _processor(self, member: Member) -> CommandProcessor:
        store = FaultyStore(self)
        return CommandProcessor(
            store=store,
            cache=FaultyCache(self),
            publisher=FaultyPublisher(self),
            clock=self.clock,
            folder=BuggyFolder(rules=RULES, encode=store.encode, source="/orderflow", group="orderflow-worker"),
            hot=member.hot,
            readiness=Readiness(),
            log_name="test/order_commands",
        )


class FaultyStore(WrappedStore):
    """The world's database."""

    def __init__(self, world: FaultyWorld) -> None:
        super().__init__(world.store(world.stored))
        self.world = world

    async def load(self, order_ids: Collection[str]) -> dict[str, StoredOrder]:
        return await self.world.meet(Step.LOAD, partial(self.inner.load, order_ids))

    async def save(self, writes: Sequence[Write]) -> Saved | Conflict:
        return await self.world.meet(Step.SAVE, partial(self.inner.save, writes))


@dataclass(frozen=True, slots=True)
class FaultyPublisher:
    """The world's topics."""

    world: FaultyWorld

    async def publish(self, messages: Sequence[Message]) -> Sequence[Message]:
        step = Step.EVENTS if messages[0].topic == Topic.EVENTS else Step.OUTCOMES
        if step == Step.EVENTS and self.world.next_fault(Step.REFRESH) == Fault.DIES_AFTER:
            # The refresh was faster: its worker dies before any event is out.
            await asyncio.Event().wait()
        return await self.world.meet(step, partial(self.world.publisher.publish, messages))


@dataclass(frozen=True, slots=True)
class FaultyCache:
    """The world's cache: what goes wrong with it is a refresh skipped."""

    world: FaultyWorld

    async def refresh(self, refresh: Refresh) -> bool:
        try:
            return await self.world.meet(Step.REFRESH, partial(self.world.cache.refresh, refresh))
        except (ConnectionError, TimeoutError):
            return False


class BuggyFolder(BatchFolder):
    """Folds as ever, but for what it has a bug with."""

    def fold(self, batch: Sequence[ReadRecord], loaded: Orders, holders: Holders, now: datetime) -> Folded:
        if any(isinstance(reading, Received) and reading.command.actor == BUG for _, reading in batch):
            raise ZeroDivisionError("a bug")
        return BatchFolder.fold(self, batch, loaded, holders, now)
