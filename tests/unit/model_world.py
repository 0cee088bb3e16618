"""A small world to check the whole guarantee in: real command processors over servers that pause, fail and lie.

Workers are tasks of one event loop; every step of a port waits a random number of the loop's turns, so a seed fixes
the interleaving. Owners are killed anywhere, and those that lost their partition work on as zombies for a while.
"""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random

from orderflow.adapters.memory_orders import InMemoryOrderStore
from orderflow.domain.stored import StoredOrder
from orderflow.ports import Conflict, Refresh, Saved, Write
from orderflow.processing.batch import parts
from orderflow.processing.encoding import BatchFolder
from orderflow.processing.hot_orders import HotOrders
from orderflow.processing.processor import CommandProcessor
from orderflow.processing.readiness import Readiness
from orderflow.streaming.overlap import Overlap
from orderflow.wire.records import Message, Record, Topic
from tests.builders import NOW, RULES
from tests.unit.command_worker import WrappedStore

LOG = "test/order_commands"


@dataclass(kw_only=True)
class World:
    """One partition, its log and all that workers leave behind."""

    random: Random
    log: Sequence[Record]
    stored: InMemoryOrderStore = field(default_factory=InMemoryOrderStore)
    store: type[WrappedStore] = WrappedStore
    committed: int = 0
    owner: int = 0
    events: list[Message] = field(default_factory=list)
    outcomes: list[tuple[int, bytes]] = field(default_factory=list)
    ticks: Iterator[int] = field(default_factory=count)

    def clock(self) -> datetime:
        return NOW + timedelta(milliseconds=next(self.ticks))

    def happens(self, chance: float) -> bool:
        return self.random.random() < chance

    async def pause(self) -> None:
        for _ in range(self.random.randrange(4)):
            await asyncio.sleep(0)


class TroubledStore(WrappedStore):
    """Slow, and now and then a reply is lost after the write."""

    def __init__(self, world: World) -> None:
        super().__init__(world.store(world.stored))
        self.world = world

    async def load(self, order_ids: Collection[str]) -> dict[str, StoredOrder]:
        await self.world.pause()
        found = await super().load(order_ids)
        await self.world.pause()
        return found

    async def save(self, writes: Sequence[Write]) -> Saved | Conflict:
        await self.world.pause()
        result = await super().save(writes)
        await self.world.pause()
        if self.world.happens(0.1):
            raise TimeoutError("no reply")
        return result


PART: ContextVar[Sequence[Record]] = ContextVar("part")
"""Which records the task that asks is about."""


class TroubledPublisher:
    """Slow, may deliver only the first of its messages, may lose the acknowledgement.

    Outcomes come in the order of the part's records, and what is sent again is the end of what was sent.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    async def publish(self, messages: Sequence[Message]) -> Sequence[Message]:
        await self.world.pause()
        for sent, message in enumerate(messages):
            if self.world.happens(0.05):
                return messages[sent:]
            self._deliver(message, PART.get()[sent - len(messages)].offset)
            if self.world.happens(0.1):
                await self.world.pause()
        if self.world.happens(0.05):
            raise ConnectionError("no acknowledgement")
        return ()

    def _deliver(self, message: Message, offset: int) -> None:
        if message.topic == Topic.EVENTS:
            self.world.events.append(message)
        else:
            self.world.outcomes.append((offset, message.value or b""))


class SlowCache:
    """Takes its time and keeps nothing."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def refresh(self, refresh: Refresh) -> bool:
        await self.world.pause()
        return bool(refresh.outcomes)


def processor_of(world: World) -> CommandProcessor:
    store = TroubledStore(world)
    return CommandProcessor(
        store=store,
        cache=SlowCache(world),
        publisher=TroubledPublisher(world),
        clock=world.clock,
        folder=BatchFolder(rules=RULES, encode=store.encode, source="/orderflow", group="orderflow-worker"),
        hot=HotOrders(2**20),
        readiness=Readiness(),
        log_name=LOG,
    )


async def work(world: World, number: int) -> None:
    """One worker, from the last commit to the end of the log, with up to three batches under way."""
    processor, most = processor_of(world), world.random.randint(1, 3)
    done: set[Record] = set()

    async def handle(part: Sequence[Record]) -> None:
        PART.set(part)
        await processor.apply(part)
        await world.pause()
        done.update(part)
        if world.owner == number:
            world.committed = max(world.committed, _first_not_in(done, world.log, world.committed))

    done.update(world.log[: world.committed])
    async with Overlap(most) as batches:
        for part in _batches(world):
            await batches.start(handle, part)


def _batches(world: World) -> Iterator[Sequence[Record]]:
    position = world.committed
    while position < len(world.log):
        batch = world.log[position : position + world.random.randint(1, 5)]
        position += len(batch)
        yield from parts(batch)


def _first_not_in(done: set[Record], log: Sequence[Record], start: int) -> int:
    return next((offset for offset in range(start, len(log)) if log[offset] not in done), len(log))


async def run(world: World) -> None:
    """Owners come, go and linger until the whole log is committed and everyone has ended."""
    workers: dict[int, asyncio.Task[None]] = {}
    while world.committed < len(world.log):
        await asyncio.sleep(0)
        owner = workers.get(world.owner)
        if owner is None or owner.done() or world.happens(0.02):
            world.owner += 1
            workers[world.owner] = asyncio.create_task(work(world, world.owner))
        elif world.happens(0.03):
            workers[world.random.choice(list(workers))].cancel()
    for ended in await asyncio.gather(*workers.values(), return_exceptions=True):
        if isinstance(ended, Exception):
            raise ended
