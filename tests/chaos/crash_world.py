"""Worker after worker over the in-memory twins: one is killed or sleeps, the next goes on from the last commit."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

from orderflow.processing.processor import CommandProcessor
from orderflow.wire.records import Record, Topic
from tests.builders import NOW
from tests.chaos.crash_points import Point, Trap, TrappedProcessor
from tests.chaos.crash_script import Line, order_ids, script
from tests.chaos.invariants import Remains, violations
from tests.unit.command_worker import Worker

CASE = "case"
BATCH = 4
Weakness = Callable[[CommandProcessor], CommandProcessor]


class Killed(BaseException):
    """The end of a worker, between two of its steps."""


@dataclass(kw_only=True)
class World:
    """One partition and all that workers leave behind; a commit follows every `held` batches."""

    held: int
    weakness: Weakness
    lines: list[Line] = field(default_factory=lambda: script(CASE))
    left: Worker = field(default_factory=Worker)
    committed: int = 0
    ticks: Iterator[int] = field(default_factory=count)

    def processor(self) -> CommandProcessor:
        fresh = Worker(stored=self.left.stored, cache=self.left.cache, publisher=self.left.publisher).processor()
        return self.weakness(replace(fresh, clock=self._clock))

    async def work(self, processor: CommandProcessor | TrappedProcessor, trap: Trap) -> None:
        log = [_record(offset, line) for offset, line in enumerate(self.lines)]
        for number, start in enumerate(range(self.committed, len(log), BATCH), 1):
            await processor.apply(log[start : start + BATCH])
            await trap.reached(Point.ACKNOWLEDGED)
            if number % self.held == 0:
                self.committed = max(self.committed, start + BATCH)
                await trap.reached(Point.COMMITTED)
        await processor.apply([])

    async def remains(self) -> Remains:
        sent = self.left.publisher.delivered
        orders = await self.left.stored.load(order_ids(self.lines))
        return Remains(
            outcomes=sent[Topic.OUTCOMES],
            events=sent[Topic.EVENTS],
            dead_letters=sent[Topic.DEAD_LETTERS],
            orders=orders,
        )

    async def violations(self) -> list[str]:
        return violations(self.lines, await self.remains())

    def _clock(self) -> datetime:
        return NOW + timedelta(milliseconds=next(self.ticks))


Fate = Callable[[Point, int, World], Awaitable[list[str] | None]]
"""What is wrong when that happened to a worker there; None if it never got there."""


async def after_a_kill(point: Point, hit: int, world: World) -> list[str] | None:
    """What is wrong when a worker was killed there and another went on; None if it never got there."""
    if not await killed(point, hit, world):
        return None
    await world.work(world.processor(), no_trap())
    return await world.violations()


async def killed(point: Point, hit: int, world: World) -> bool:
    """Whether a worker got there, and was killed."""

    async def die() -> None:
        raise Killed

    trap = Trap(point, die, case=CASE, hit=hit)
    try:
        await world.work(TrappedProcessor(world.processor(), trap), trap)
    except* Killed:
        pass
    return trap.sprung


async def after_a_sleep(point: Point, hit: int, world: World) -> list[str] | None:
    """What is wrong when a worker fell asleep there, another did all the rest, and the first woke up."""
    asleep, awake = asyncio.Event(), asyncio.Event()

    async def sleep() -> None:
        asleep.set()
        await awake.wait()

    trap = Trap(point, sleep, case=CASE, hit=hit)
    sleeper = asyncio.create_task(world.work(TrappedProcessor(world.processor(), trap), trap))
    await asyncio.wait([sleeper, falling := asyncio.create_task(asleep.wait())], return_when=asyncio.FIRST_COMPLETED)
    if trap.sprung:
        await world.work(world.processor(), no_trap())
    awake.set()
    falling.cancel()
    await sleeper
    return await world.violations() if trap.sprung else None


def endings(fate: Fate, point: Point, held: int, weakness: Weakness) -> Iterator[list[str]]:
    """The violations of each time that the point is reached; at least one."""
    for hit in count(1):

        async def ending(hit: int = hit) -> list[str] | None:
            return await fate(point, hit, World(held=held, weakness=weakness))

        # A loop of its own: what a killed worker had under way ends with it.
        found = asyncio.run(ending())
        if found is None:
            assert hit > 1, f"no batch came by: {point}"
            return
        yield found


def no_trap() -> Trap:
    async def never() -> None: ...

    return Trap(Point.TAKEN, never, case="nobody")


def _record(offset: int, line: Line) -> Record:
    return Record(
        topic="order_commands",
        partition=0,
        offset=offset,
        timestamp=1_767_268_800_000 + offset // 3,
        key=line.key.encode(),
        value=line.value,
    )
