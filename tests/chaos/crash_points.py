"""The points between the steps of a batch, and ports that tell a trap when they are reached."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from orderflow.domain.stored import Received, StoredOrder
from orderflow.ports import CacheRefresher, Conflict, OrderStore, Publisher, Refresh, Saved, Write
from orderflow.processing.batch import Folded, Holders, Orders
from orderflow.processing.encoding import BatchFolder, ReadRecord
from orderflow.processing.processor import CommandProcessor
from orderflow.wire.records import Message, Record, Topic
from tests.chaos.crash_script import LOST, POISON
from tests.unit.command_worker import WrappedStore

Spring = Callable[[], Awaitable[None]]


class Point(StrEnum):
    """In the order in which a batch comes by; the last three are its agent's."""

    TAKEN = "taken, nothing read"
    DECODED = "decoded, nothing loaded"
    LOADED = "loaded, not folded"
    FOLDED = "folded and encoded, nothing saved"
    SAVED = "saved, the reply not seen"
    PUBLISHING = "saved, no event sent"
    EVENTS_PARTLY = "half of the events sent"
    EVENTS_SENT = "events sent, Redis not refreshed"
    REFRESHED = "Redis refreshed, no event sent"
    ANSWERING = "events sent and Redis refreshed, no outcome sent"
    OUTCOMES_PARTLY = "half of the outcomes sent"
    APPLIED = "outcomes sent, nothing acknowledged"
    ACKNOWLEDGED = "acknowledged, not committed"
    COMMITTED = "committed"


class Trap:
    """Springs at the `hit`-th time that a point is reached, from the `batch`-th batch on that concerns its case."""

    def __init__(self, point: Point, spring: Spring, *, case: str, batch: int = 1, hit: int = 1) -> None:
        self.point = point
        self.case = case
        self.sprung = False
        self._number = ContextVar("number", default=0)
        self._batch = batch
        self._begun = 0
        self._spring = spring
        self._hits_until = hit
        self._events_out, self._cache_done = asyncio.Event(), asyncio.Event()
        self._events_out.set()

    @property
    def concerned(self) -> bool:
        """Whether the batch that this is asked for concerns the case; others may be under way beside it."""
        return self._number.get() > 0

    def batch_begins(self, records: Sequence[Record]) -> None:
        concerned = any((record.key or b"").startswith(f"{self.case}.".encode()) for record in records)
        self._begun += concerned
        self._number.set(self._begun if concerned else 0)

    async def reached(self, point: Point) -> None:
        if point is self.point and self.concerned and self._number.get() >= self._batch:
            self._hits_until -= 1
            if self._hits_until == 0:
                self.sprung = True
                await self._spring()

    @asynccontextmanager
    async def sending_events(self) -> AsyncIterator[None]:
        """Before the cache is refreshed, or after it: a trap springs between the two."""
        self._events_out.clear()
        if self.point is Point.REFRESHED:
            self._cache_done.clear()
            await self._cache_done.wait()
        yield
        self._events_out.set()

    @asynccontextmanager
    async def refreshing(self) -> AsyncIterator[None]:
        if self.point is not Point.REFRESHED:
            await self._events_out.wait()
        yield
        self._cache_done.set()


class TrappedFolder:
    """Has a bug that the case's command `poison` meets."""

    def __init__(self, inner: BatchFolder, trap: Trap) -> None:
        self.inner = inner
        self.group = inner.group
        self.trap = trap

    def fold(self, batch: Sequence[ReadRecord], loaded: Orders, holders: Holders, now: datetime) -> Folded:
        poisoned = f"{self.trap.case}.{POISON}"
        commands = [reading.command for _, reading in batch if isinstance(reading, Received)]
        if any((command.order_id, command.command_id) == (poisoned, POISON) for command in commands):
            raise ZeroDivisionError("a bug")
        return self.inner.fold(batch, loaded, holders, now)


class TrappedStore(WrappedStore):
    """Loses the reply of the first save of the case's order `lost`."""

    def __init__(self, inner: OrderStore, trap: Trap) -> None:
        super().__init__(inner)
        self.trap = trap
        self.loses = True

    async def load(self, order_ids: Collection[str]) -> dict[str, StoredOrder]:
        await self.trap.reached(Point.DECODED)
        found = await super().load(order_ids)
        await self.trap.reached(Point.LOADED)
        return found

    async def save(self, writes: Sequence[Write]) -> Saved | Conflict:
        await self.trap.reached(Point.FOLDED)
        result = await super().save(writes)
        await self.trap.reached(Point.SAVED)
        if self.loses and any(write.order_id == f"{self.trap.case}.{LOST}" for write in writes):
            self.loses = False
            raise TimeoutError("no reply")
        return result


class TrappedCache:
    """Waits for its turn."""

    def __init__(self, inner: CacheRefresher, trap: Trap) -> None:
        self.inner = inner
        self.trap = trap

    async def refresh(self, refresh: Refresh) -> bool:
        async with self.trap.refreshing():
            done = await self.inner.refresh(refresh)
            await self.trap.reached(Point.REFRESHED)
        return done


class TrappedPublisher:
    """Sends in two halves."""

    def __init__(self, inner: Publisher, trap: Trap) -> None:
        self.inner = inner
        self.trap = trap

    async def publish(self, messages: Sequence[Message]) -> Sequence[Message]:
        if messages[0].topic == Topic.EVENTS:
            async with self.trap.sending_events():
                unsent = await self._publish(messages, Point.PUBLISHING, Point.EVENTS_PARTLY)
                await self.trap.reached(Point.EVENTS_SENT)
            return unsent
        return await self._publish(messages, Point.ANSWERING, Point.OUTCOMES_PARTLY)

    async def _publish(self, messages: Sequence[Message], before: Point, between: Point) -> Sequence[Message]:
        await self.trap.reached(before)
        middle = (len(messages) + 1) // 2
        unsent = await self.inner.publish(messages[:middle])
        if unsent:
            return [*unsent, *messages[middle:]]
        await self.trap.reached(between)
        return await self.inner.publish(messages[middle:])


class TrappedProcessor:
    """A processor whose ports are trapped, as the agent sees it."""

    def __init__(self, inner: CommandProcessor, trap: Trap) -> None:
        self.trap = trap
        self.hot = inner.hot
        self._inner = replace(
            inner,
            store=TrappedStore(inner.store, trap),
            cache=TrappedCache(inner.cache, trap),
            publisher=TrappedPublisher(inner.publisher, trap),
            folder=TrappedFolder(inner.folder, trap),  # type: ignore[arg-type]
        )

    async def apply(self, records: Sequence[Record]) -> None:
        self.trap.batch_begins(records)
        await self.trap.reached(Point.TAKEN)
        await self._inner.apply(records)
        await self.trap.reached(Point.APPLIED)
