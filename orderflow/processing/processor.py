"""Commands in, effects out: the steps of a batch, each retried in place until it is done."""

import asyncio
import traceback
from collections.abc import Sequence
from dataclasses import dataclass

from orderflow.domain import problems
from orderflow.domain.outcome import Outcome
from orderflow.domain.stored import Received, StoredOrder
from orderflow.ports import CacheRefresher, Clock, Conflict, ExternalRef, OrderStore, Publisher
from orderflow.processing.batch import Folded, order_ids, parts
from orderflow.processing.encoding import BatchFolder, ReadRecord, invalid_outcome
from orderflow.processing.hot_orders import HotOrders
from orderflow.processing.patience import PoisonError, patience
from orderflow.processing.readiness import Readiness
from orderflow.wire.commands import Invalid, Stage, Unreadable, decode_command
from orderflow.wire.dead_letters import MAX_REASON_BYTES, dead_letter
from orderflow.wire.outcomes import encode_outcome, outcome_message
from orderflow.wire.records import Message, Record

MONGODB, KAFKA = "MongoDB", "Kafka"


MAX_CONFLICTS = 5
"""After so many in a row a batch pauses, and says so, before it tries again."""


class UndeliveredError(Exception):
    """Some messages have to be sent again."""


class ConflictError(Exception):
    """Somebody else keeps writing the same orders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandProcessor:
    """Applies batches of command records; when apply() returns, every record may be acknowledged.

    `log_name` names the command log in every record's coordinates. Nothing but cancellation leaves apply().
    """

    store: OrderStore
    cache: CacheRefresher
    publisher: Publisher
    clock: Clock
    folder: BatchFolder
    hot: HotOrders
    readiness: Readiness
    log_name: str

    async def apply(self, records: Sequence[Record]) -> None:
        for part in parts(records):
            await patience("the processing", self.readiness)(self._apply, part)
            self.readiness.reached("the processing")

    async def _apply(self, records: Sequence[Record]) -> None:
        """A batch that meets a bug is halved, the left half done before the right, down to the record at fault."""
        try:
            await self._emit(await self._persist(self._read(records)))
        except PoisonError as poison:
            if len(records) == 1:
                await self._bury(records[0], poison)
            else:
                middle = len(records) // 2
                await self._apply(records[:middle])
                await self._apply(records[middle:])

    def _read(self, records: Sequence[Record]) -> list[ReadRecord]:
        try:
            return [(record, decode_command(record, self.log_name)) for record in records]
        except Exception as bug:
            raise PoisonError from bug

    async def _persist(self, batch: Sequence[ReadRecord]) -> Folded:
        folded: Folded = await patience(MONGODB, self.readiness)(self._persist_once, batch)
        self.readiness.reached(MONGODB)
        return folded

    async def _persist_once(self, batch: Sequence[ReadRecord]) -> Folded:
        """Load, fold, save, until nobody else wrote in between; our own lost writes come back as replays."""
        wanted = order_ids([reading for _, reading in batch])
        holders: dict[ExternalRef, str] = {}
        for _ in range(MAX_CONFLICTS):
            folded = self._fold(batch, await self._load(wanted), holders)
            self.hot.drop(write.order_id for write in folded.writes)
            result = await self.store.save(folded.writes)
            if not isinstance(result, Conflict):
                for stored, write in zip(folded.orders, folded.writes, strict=True):
                    self.hot.keep(stored, len(write.document))
                return folded
            holders.update(result.holders)
        raise ConflictError(f"{MAX_CONFLICTS} conflicts one after the other")

    async def _load(self, order_ids: set[str]) -> dict[str, StoredOrder]:
        found = {order_id: stored for order_id in order_ids if (stored := self.hot.get(order_id))}
        missing = order_ids - found.keys()
        return found | await self.store.load(missing) if missing else found

    def _fold(
        self, batch: Sequence[ReadRecord], loaded: dict[str, StoredOrder], holders: dict[ExternalRef, str]
    ) -> Folded:
        try:
            return self.folder.fold(batch, loaded, holders, self.clock())
        except Exception as bug:
            raise PoisonError from bug

    async def _emit(self, folded: Folded) -> None:
        """Outcomes come after the cache, so that whoever saw one reads its own write."""
        _, cached = await asyncio.gather(self._publish(folded.events), self.cache.refresh(folded.refresh))
        outcomes = [outcome_message(outcome, body, cached=cached) for outcome, body in folded.outcomes]
        await self._publish([*outcomes, *folded.dead_letters])

    async def _publish(self, messages: Sequence[Message]) -> None:
        remaining = messages

        async def send() -> None:
            nonlocal remaining
            remaining = await self.publisher.publish(remaining)
            if remaining:
                raise UndeliveredError(f"{len(remaining)} messages were not acknowledged")

        if messages:
            await patience(KAFKA, self.readiness)(send)
            self.readiness.reached(KAFKA)

    async def _bury(self, record: Record, poison: PoisonError) -> None:
        """Set a record aside that a bug keeps from being handled; a replay of it is decided afresh."""
        now = self.clock()
        trace = "".join(traceback.format_exception(poison.__cause__))[-MAX_REASON_BYTES:]
        error_class = type(poison.__cause__).__name__
        reason = Unreadable(stage=Stage.APPLY, error_class=error_class, reason=trace)
        messages = [dead_letter(record, reason, self.folder.group, now)]
        outcome = self._dead_lettered(record, error_class)
        if outcome:
            messages.insert(0, outcome_message(outcome, encode_outcome(outcome), cached=True))
        await self._publish(messages)

    def _dead_lettered(self, record: Record, error_class: str) -> Outcome | None:
        problem = problems.dead_lettered(error_class)
        try:
            [(_, reading)] = self._read([record])
        except PoisonError:
            return None
        match reading:
            case Received(command=command):
                invalid = Invalid(
                    order_id=command.order_id, command_id=command.command_id, type=command.type, problem=problem
                )
                return invalid_outcome(invalid, self.clock(), reading.fingerprint)
            case Invalid():
                return invalid_outcome(reading, self.clock())
            case Unreadable():
                return None
