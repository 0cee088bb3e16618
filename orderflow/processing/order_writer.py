"""Load, fold and save: one batch is folded, on what the last one is about to store, while that is being saved."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from orderflow.domain.stored import StoredOrder
from orderflow.ports import Clock, Conflict, ExternalRef, OrderStore, Saved
from orderflow.processing.batch import Folded, order_ids
from orderflow.processing.encoding import BatchFolder, ReadRecord
from orderflow.processing.hot_orders import HotOrders
from orderflow.processing.instruments import Instruments, Step
from orderflow.processing.patience import PoisonError
from orderflow.wire.outcomes import encode_outcome

MAX_CONFLICTS = 5
"""After so many in a row a batch pauses, and says so, before it tries again."""
MAX_TRIED = 8
"""So many attempts are kept to tell our own writes from others': whole batches, while writes may fail for hours."""


class ConflictError(Exception):
    """Somebody else keeps writing the same orders."""


@dataclass(slots=True, eq=False, kw_only=True)
class Draft:
    """A batch, and what it comes to if the draft `before` it is saved just as it is.

    `folded` is tried once. `stands` tells that it was saved so; until it has `ended`, that is open. `tried` is what
    was last, with what end ever.
    """

    batch: Sequence[ReadRecord]
    folded: Folded | None = None
    before: "Draft | None" = None
    orders: Mapping[str, StoredOrder] = field(default_factory=dict)
    stands: bool = False
    ended: bool = False
    tried: deque[Folded] = field(default_factory=partial(deque, maxlen=MAX_TRIED))

    def end(self, *, stands: bool) -> None:
        """Its batch is handled; what it was made on is needed no more."""
        self.stands, self.ended, self.before = stands, True, None
        self.tried.clear()

    def taken(self) -> Folded | None:
        """What was folded, if it may be tried."""
        folded, self.folded = self.folded, None
        return folded if self.before is None or self.before.stands else None


@dataclass(slots=True, kw_only=True)
class OrderWriter:
    """draft() is for one caller at a time, in the order of the log, and so is save(); they may go on side by side.

    Only the last draft may be open when the next one is made. Both raise PoisonError, or what the store raises.
    """

    store: OrderStore
    folder: BatchFolder
    hot: HotOrders
    clock: Clock
    instruments: Instruments
    _last: Draft | None = None

    async def draft(self, batch: Sequence[ReadRecord]) -> Draft:
        before = self._last if self._last and not self._last.ended else None
        folded = self._fold(batch, await self._load(batch, before.orders if before else {}), {})
        orders = {stored.order.order_id: stored for stored in folded.orders}
        self._last = Draft(batch=batch, folded=folded, before=before, orders=orders)
        return self._last

    async def save(self, draft: Draft) -> Folded:
        """Until nobody else wrote in between; our own lost writes come back as replays.

        A draft is folded again when what it was made on did not come to be.
        """
        drafted = draft.taken()
        folded, holders = drafted, dict[ExternalRef, str]()
        for _ in range(MAX_CONFLICTS):
            folded = folded or self._fold(draft.batch, await self._load(draft.batch, {}), holders)
            self.hot.drop(write.order_id for write in folded.writes)
            result = await self._try(draft, folded)
            if not isinstance(result, Conflict):
                self._keep(folded)
                counted = _without_our_own(folded, draft.tried)
                draft.end(stands=folded is drafted)
                return counted
            self.instruments.conflicted()
            folded = None
            holders.update(result.holders)
        raise ConflictError(f"{MAX_CONFLICTS} conflicts one after the other")

    async def _try(self, draft: Draft, folded: Folded) -> Saved | Conflict:
        draft.tried.append(folded)
        with self.instruments.timed(Step.SAVE):
            return await self.store.save(folded.writes)

    def _keep(self, folded: Folded) -> None:
        for stored, write in zip(folded.orders, folded.writes, strict=True):
            self.hot.keep(stored, len(write.document))

    async def _load(self, batch: Sequence[ReadRecord], unsaved: Mapping[str, StoredOrder]) -> dict[str, StoredOrder]:
        wanted = order_ids([reading for _, reading in batch])
        found = {order_id: stored for order_id in wanted if (stored := unsaved.get(order_id) or self.hot.get(order_id))}
        missing = wanted - found.keys()
        if not missing:
            return found
        with self.instruments.timed(Step.LOAD):
            return found | await self.store.load(missing)

    def _fold(
        self, batch: Sequence[ReadRecord], loaded: Mapping[str, StoredOrder], holders: Mapping[ExternalRef, str]
    ) -> Folded:
        try:
            with self.instruments.timed(Step.FOLD):
                return self.folder.fold(batch, loaded, holders, self.clock())
        except Exception as bug:
            raise PoisonError from bug


def _without_our_own(folded: Folded, tried: deque[Folded]) -> Folded:
    """What an earlier attempt of ours has stored comes back as a repeat, to the byte, and is none."""
    if not folded.repeats or len(tried) == 1:
        return folded
    decided = set[bytes]()
    for attempt in list(tried)[:-1]:
        decided |= {body for _, body in attempt.outcomes} - {encode_outcome(repeat) for repeat in attempt.repeats}
    return replace(folded, repeats=[repeat for repeat in folded.repeats if encode_outcome(repeat) not in decided])
