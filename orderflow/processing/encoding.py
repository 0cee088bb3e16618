"""Fold a batch and encode all of it: what is too large or broken shows before anything is written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from orderflow.domain.decide import Rules
from orderflow.domain.limits import MAX_ORDER_BYTES
from orderflow.domain.outcome import Outcome, Status
from orderflow.domain.stored import Change, StoredOrder, truncated
from orderflow.ports import CachedOrder, CachedOutcome, Refresh
from orderflow.processing.batch import Folded, Holders, Orders, Reading
from orderflow.processing.fold import Encode, Fold
from orderflow.wire.commands import Invalid, Unreadable
from orderflow.wire.dead_letters import dead_letter
from orderflow.wire.events import event_message
from orderflow.wire.outcomes import encode_outcome
from orderflow.wire.records import Message, Record
from orderflow.wire.representations import encode_order

ReadRecord = tuple[Record, Reading]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFolder:
    """Folds batches by one set of rules. `source` names this deployment in events, `group` in dead letters."""

    rules: Rules
    encode: Encode
    source: str
    group: str

    def fold(self, batch: Sequence[ReadRecord], loaded: Orders, holders: Holders, now: datetime) -> Folded:
        """Pure; raises only for a bug. Orders that came out too large are folded again under watch."""
        now, watched = truncated(now), frozenset[str]()
        while True:
            folded = self._fold(batch, loaded, holders, now, watched)
            large = {write.order_id for write in folded.writes if len(write.document) > MAX_ORDER_BYTES}
            if large <= watched:
                return folded
            watched |= large

    def _fold(
        self, batch: Sequence[ReadRecord], loaded: Orders, holders: Holders, now: datetime, watched: frozenset[str]
    ) -> Folded:
        fold = Fold(loaded=loaded, holders=holders, now=now, rules=self.rules, encode=self.encode, watched=watched)
        outcomes = [(outcome, encode_outcome(outcome)) for outcome in _outcomes(batch, fold)]
        written = list(fold.written())
        return Folded(
            orders=written,
            writes=[self.encode(stored) for stored in written],
            events=[event_message(change, self.source) for change in _by_version(fold.changes)],
            outcomes=outcomes,
            dead_letters=list(self._dead_letters(batch, now)),
            refresh=self._refresh(fold.changes, fold.orders, outcomes),
            repeats=fold.repeats,
        )

    def _dead_letters(self, batch: Iterable[ReadRecord], now: datetime) -> Iterator[Message]:
        for record, reading in batch:
            if isinstance(reading, Unreadable):
                yield dead_letter(record, reading, self.group, now)

    def _refresh(self, changes: Sequence[Change], orders: Orders, outcomes: Iterable[tuple[Outcome, bytes]]) -> Refresh:
        changed = {change.event.order_id: orders[change.event.order_id] for change in changes}
        states = {state for change in changes for state in (change.event.previous_state, change.event.state) if state}
        return Refresh(
            orders=[self._cached(stored) for stored in changed.values()],
            outcomes=[
                CachedOutcome(
                    order_id=outcome.order_id, command_id=outcome.command_id, body=body, lasting=outcome.is_lasting
                )
                for outcome, body in outcomes
                if outcome.is_own
            ],
            clients={stored.order.client_id for stored in changed.values()},
            states=states,
        )

    def _cached(self, stored: StoredOrder) -> CachedOrder:
        order = stored.order
        body = encode_order(order, self.rules.lifecycle)
        return CachedOrder(order_id=order.order_id, version=order.version, body=body)


def _by_version(changes: Iterable[Change]) -> list[Change]:
    """Each order's changes in the order they happened.

    Commands on a foreign partition may come before the creation that a first, conflicting save of this batch stored.
    """
    return sorted(changes, key=lambda change: change.event.version)


def _outcomes(batch: Iterable[ReadRecord], fold: Fold) -> Iterator[Outcome]:
    for _, reading in batch:
        match reading:
            case Invalid():
                yield invalid_outcome(reading, fold.now)
            case Unreadable():
                pass
            case _:
                yield fold.apply(reading)


def invalid_outcome(invalid: Invalid, now: datetime, fingerprint: str | None = None) -> Outcome:
    """The rejection of a command that could not be handled; no order remembers it."""
    return Outcome(
        command_id=invalid.command_id,
        order_id=invalid.order_id,
        type=invalid.type,
        status=Status.REJECTED,
        replayed=False,
        version=None,
        state=None,
        fingerprint=fingerprint,
        error=invalid.problem,
        at=truncated(now),
    )
