"""When which fault happens: every kind in a seeded order, again and again, for as long as the run lasts."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from random import Random

from tests.chaos.faults import FAULTS, SERVERS, Fault
from tests.chaos.site import Site


class Scheduler:
    """Applies faults; those of different targets may overlap, those of one server wait for each other."""

    def __init__(self, site: Site, say: Callable[[str], None]) -> None:
        self.applied: Counter[Fault] = Counter()
        self._site, self._say = site, say
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def run(self, seed: int, seconds: float, *, every: float) -> None:
        """One fault `every` so many seconds, until all that began within `seconds` are mended."""
        async with asyncio.TaskGroup() as under_way:
            for number, fault in enumerate(_order(seed, int(seconds / every))):
                # Its own chance, so that what others do in the meantime decides nothing.
                under_way.create_task(self._apply(fault, Random(f"{seed}-{number}")))
                await asyncio.sleep(every)

    async def _apply(self, fault: Fault, random: Random) -> None:
        if fault.target in SERVERS:
            async with self._turns[fault.target]:
                await self._happen(fault, random)
        else:
            await self._happen(fault, random)

    async def _happen(self, fault: Fault, random: Random) -> None:
        self._say(f"{fault.target}: {fault.kind}")
        self.applied[fault] += 1
        await fault.happen(self._site, random)


def _order(seed: int, size: int) -> Iterator[Fault]:
    random = Random(seed)
    for number in range(size):
        if number % len(FAULTS) == 0:
            round_ = random.sample(FAULTS, len(FAULTS))
        yield round_[number % len(FAULTS)]
