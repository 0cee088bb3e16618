"""A whole deployment into the evidence, read in an order in which running traffic contradicts nothing.

Where the commands end is taken first, then what follows from them, MongoDB last: an outcome or event that was seen is
stored by then, and whatever is newer than the end of the commands can be told by its coordinates.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from orderflow.ports import CacheUnavailableError
from orderflow.verification.counting import StatisticsReading
from orderflow.verification.evidence import Evidence
from orderflow.verification.listing import ListReading
from orderflow.verification.order_rows import rows_of_orders
from orderflow.verification.rows import TABLE, Rows, rows_of
from orderflow.verification.sources import Deployment, Offsets, Progress, Versions
from orderflow.wire.groups import WORKER_GROUP
from orderflow.wire.records import Record, Topic

STALL_SECONDS = 30.0
_LOOK_SECONDS = 0.2


class StalledError(Exception):
    """A topic that has more does not give it; the message names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """`pending` commands are not applied yet and were not looked at. `unchecked`: server -> why it was left out.

    `uncounted` says why statistics were not compared.
    """

    pending: int
    unchecked: Mapping[str, str]
    uncounted: str | None = None


@dataclass(frozen=True, slots=True)
class Gathering:
    """One reading of a deployment. Errors of Kafka and MongoDB come out as their drivers raise them."""

    deployment: Deployment
    evidence: Evidence
    progress: Progress

    async def all(self) -> Gathered:
        upto, pending = await self._applied()
        ends = {topic: await self.deployment.logs.ends(self.deployment.topic(topic)) for topic in Topic}
        ends[Topic.COMMANDS] = upto
        for topic in Topic:
            await self._topic(topic, ends[topic])
        unchecked = await self._cache()
        await self._orders()
        counting = StatisticsReading(self.deployment, self.evidence, self.progress)
        uncounted = await counting.all(upto, ends[Topic.EVENTS])
        await self._command_ends()
        self.evidence.settle()
        return Gathered(pending=pending, unchecked=unchecked, uncounted=uncounted)

    async def _applied(self) -> tuple[dict[int, int], int]:
        """Up to where every command is applied, and how many are not after waiting for them."""
        logs, topic = self.deployment.logs, self.deployment.topic(Topic.COMMANDS)
        begins, ends = await logs.beginnings(topic), await logs.ends(topic)
        pending = sum(ends.values()) - sum(begins.values())
        self.progress.step("waiting for the workers", total=pending)
        now = asyncio.get_running_loop().time
        deadline = now() + self.deployment.patience
        while True:
            done = await self._done(topic, begins, ends)
            before, pending = pending, sum(ends.values()) - sum(done.values())
            self.progress.advance(before - pending)
            if not pending or now() >= deadline:
                return done, pending
            await asyncio.sleep(_LOOK_SECONDS)

    async def _done(self, topic: str, begins: Offsets, ends: Offsets) -> dict[int, int]:
        committed = await self.deployment.group.committed(f"{self.deployment.prefix}{WORKER_GROUP}", topic)
        return {part: max(begins[part], min(end, committed.get(part, begins[part]))) for part, end in ends.items()}

    async def _topic(self, topic: Topic, ends: Offsets) -> None:
        name = self.deployment.topic(topic)
        begins = await self.deployment.logs.beginnings(name)
        self.progress.step(f"reading {name}", total=sum(max(0, end - begins[part]) for part, end in ends.items()))
        first: dict[int, int | None] = {}
        last: dict[int, int] = {}
        async for records in self._records(name, ends, begins):
            rows = rows_of(topic, records, self.deployment.layout)
            for part, _, at, *_ in rows.get(TABLE[topic], ()):
                if at is not None:
                    first.setdefault(part, at)
                    last[part] = at
            self._keep(rows)
            self.progress.advance(len(records))
        first |= await self._expired(topic, begins)
        spans = ((topic, part, begins[part], end, first.get(part), last.get(part)) for part, end in ends.items())
        self.evidence.add("logs", spans)

    async def _expired(self, topic: Topic, begins: dict[int, int]) -> dict[int, int | None]:
        """What is gone by now was read in part: none of it may count. Moves `begins`; gives where time begins anew."""
        first: dict[int, int | None] = {}
        for part, begin in (await self.deployment.logs.beginnings(self.deployment.topic(topic))).items():
            if begin > begins.get(part, begin):
                begins[part] = begin
                first[part] = self.evidence.expire(TABLE[topic], part, begin)
        return first

    async def _records(self, topic: str, ends: Offsets, begins: Offsets) -> AsyncIterator[list[Record]]:
        """Raises StalledError: the driver itself would wait for a broker for ever."""
        now = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout(STALL_SECONDS) as limit:
                async for records in self.deployment.logs.read(topic, ends, begins):
                    limit.reschedule(None)
                    yield records
                    limit.reschedule(now() + STALL_SECONDS)
        except TimeoutError as error:
            raise StalledError(f"nothing came from {topic} for {STALL_SECONDS:.0f} seconds") from error

    async def _cache(self) -> dict[str, str]:
        self.progress.step("reading the cache")
        try:
            await self._versions("cached", self.deployment.cached.versions())
        except CacheUnavailableError as error:
            return {"Redis": f"not checked: Redis does not answer ({error})"}
        return {}

    async def _orders(self) -> None:
        """The orders, then the lists, then their versions again: what did not change must be listed as it is."""
        deployment = self.deployment
        self.progress.step("reading orders", total=await deployment.orders.estimate())
        async for some in deployment.orders.orders():
            self._keep(rows_of_orders(some, deployment.layout, deployment.source))
            self.progress.advance(len(some))
        await ListReading(deployment.queries, self.evidence, self.progress).all()
        self.progress.step("reading versions again")
        await self._versions("again", deployment.orders.versions())

    async def _versions(self, table: str, versions: Versions) -> None:
        async for some in versions:
            self.evidence.add(table, some)
            self.progress.advance(len(some))

    async def _command_ends(self) -> None:
        ends = await self.deployment.logs.ends(self.deployment.topic(Topic.COMMANDS))
        self.evidence.add("ends", ends.items())

    def _keep(self, rows: Rows) -> None:
        for table, some in rows.items():
            self.evidence.add(table, some)
