"""Commands in, effects out: the steps of a batch, each retried in place until it is done."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from orderflow.logs.fields import about
from orderflow.ports import CacheRefresher, Clock, OrderStore, Publisher, Refresh
from orderflow.processing.batch import NOTHING, Folded, Reading, parts
from orderflow.processing.burial import Burial
from orderflow.processing.encoding import BatchFolder, ReadRecord
from orderflow.processing.hot_orders import HotOrders
from orderflow.processing.instruments import Done, Instruments, NullInstruments, Step
from orderflow.processing.order_writer import Draft, OrderWriter
from orderflow.processing.patience import PoisonError, patience
from orderflow.processing.readiness import Readiness
from orderflow.processing.whole_task import whole
from orderflow.wire.commands import decode_command
from orderflow.wire.outcomes import outcome_message
from orderflow.wire.records import Message, Record

log = logging.getLogger(__name__)

MONGODB, KAFKA = "MongoDB", "Kafka"

P = ParamSpec("P")
R = TypeVar("R")


class UndeliveredError(Exception):
    """Some messages have to be sent again."""


@dataclass(slots=True, kw_only=True)
class CommandProcessor:
    """Applies batches of command records; when apply() returns, every record may be acknowledged.

    apply() may be called again before it returns: one batch is then announced, another one saved and another one read
    and folded at the same time, each in the order of the calls. `log_name` names the command log in every
    record's coordinates. Nothing leaves apply() but cancellation, and AbandonedError in a group where a driver
    cancelled what waited for it; then nothing is done any more, and the worker has to end.
    """

    store: OrderStore
    cache: CacheRefresher
    publisher: Publisher
    clock: Clock
    folder: BatchFolder
    hot: HotOrders
    readiness: Readiness
    log_name: str
    instruments: Instruments = field(default_factory=NullInstruments)
    _writer: OrderWriter = field(init=False)
    _drafting: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)
    _saving: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)
    _announcing: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._writer = OrderWriter(
            store=self.store, folder=self.folder, hot=self.hot, clock=self.clock, instruments=self.instruments
        )

    async def apply(self, records: Sequence[Record]) -> None:
        """Each lock is asked for while the one before it is held, and passed on when its step is done.

        So nobody overtakes, least of all something that has failed: what comes after it waits until the worker ends.
        """
        async with asyncio.TaskGroup() as unfinished:
            await self._drafting.acquire()
            for part in parts(records):
                with self.instruments.taken(part) as done:
                    draft = await self._bravely("folding", self._draft, part)
                    if draft:
                        await self._saving.acquire()
                        unfinished.create_task(whole(self._finish, part, draft, done))
                    else:
                        done()
            self._drafting.release()

    async def _draft(self, records: Sequence[Record]) -> Draft | None:
        """None where a bug was met: then everything has been done, on what really is stored."""
        try:
            draft: Draft = await patience(MONGODB, self.readiness)(self._writer.draft, self._read(records))
        except PoisonError:
            async with self._saving, self._announcing:
                await self._bit_by_bit(records)
            return None
        # A draft of hot orders says nothing of a database that a save is waiting for.
        if not self._saving.locked():
            self.readiness.reached(MONGODB)
        return draft

    async def _finish(self, records: Sequence[Record], draft: Draft, done: Done) -> None:
        """Save and announce. No more than PARTS_UNANNOUNCED are between the two."""
        folded = await self._bravely("saving", self._save, records, draft)
        await self._announcing.acquire()
        self._saving.release()
        await self._bravely("announcing", self._emit, folded)
        self._announcing.release()
        done()

    async def _save(self, records: Sequence[Record], draft: Draft) -> Folded:
        """What is left to be announced."""
        try:
            return await self._persist(draft)
        except PoisonError:
            async with self._announcing:
                await self._bit_by_bit(records)
            draft.end(stands=False)
            return NOTHING

    async def _bit_by_bit(self, records: Sequence[Record]) -> None:
        """A batch that meets a bug is halved, the left half done before the right, down to the record at fault."""
        try:
            folded = await self._persist(Draft(batch=self._read(records)))
        except PoisonError as poison:
            if len(records) == 1:
                await self._bury(records[0], poison)
            else:
                middle = len(records) // 2
                await self._bit_by_bit(records[:middle])
                await self._bit_by_bit(records[middle:])
        else:
            await self._emit(folded)

    async def _bravely(self, stage: str, step: Callable[P, Awaitable[R]], *given: P.args, **named: P.kwargs) -> R:
        """What no step foresaw is waited out like a server that is away."""
        done: R = await patience(f"the {stage}", self.readiness)(step, *given, **named)
        self.readiness.reached(f"the {stage}")
        return done

    def _read(self, records: Sequence[Record]) -> list[ReadRecord]:
        try:
            with self.instruments.timed(Step.DECODE):
                return [(record, decode_command(record, self.log_name)) for record in records]
        except Exception as bug:
            raise PoisonError from bug

    async def _persist(self, draft: Draft) -> Folded:
        folded: Folded = await patience(MONGODB, self.readiness)(self._writer.save, draft)
        self.readiness.reached(MONGODB)
        self.instruments.persisted(draft.batch, folded)
        return folded

    async def _emit(self, folded: Folded) -> None:
        """Outcomes come after the cache, so that whoever saw one reads its own write."""
        _, cached = await asyncio.gather(self._publish(Step.ANNOUNCE, folded.events), self._refresh(folded.refresh))
        outcomes = [outcome_message(outcome, body, cached=cached) for outcome, body in folded.outcomes]
        await self._publish(Step.REPORT, [*outcomes, *folded.dead_letters])

    async def _refresh(self, refresh: Refresh) -> bool:
        with self.instruments.timed(Step.REFRESH):
            cached = await self.cache.refresh(refresh)
        if not cached:
            self.instruments.refresh_skipped()
        return cached

    async def _publish(self, step: Step, messages: Sequence[Message]) -> None:
        remaining = messages

        async def send() -> None:
            nonlocal remaining
            with self.instruments.timed(step):
                remaining = await self.publisher.publish(remaining)
            if remaining:
                raise UndeliveredError(f"{len(remaining)} messages were not acknowledged")

        if messages:
            await patience(KAFKA, self.readiness)(send)
            self.readiness.reached(KAFKA)

    async def _bury(self, record: Record, poison: PoisonError) -> None:
        burial = Burial(record=record, reading=self._read_if_it_can_be(record), bug=poison.__cause__, now=self.clock())
        outcome = burial.outcome
        known = {"command": outcome.command_id} if outcome else {}
        log.error("a bug sets a record aside", exc_info=poison.__cause__, extra=about(record, **known))
        await self._publish(Step.REPORT, burial.messages(self.folder.group))
        self.instruments.buried(outcome.type if outcome else None)

    def _read_if_it_can_be(self, record: Record) -> Reading | None:
        try:
            [(_, reading)] = self._read([record])
        except PoisonError:
            return None
        return reading
