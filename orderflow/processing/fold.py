"""Fold the commands of a batch into their orders, in offset order; pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from orderflow.domain import problems
from orderflow.domain.commands import CreateOrder
from orderflow.domain.decide import Rules
from orderflow.domain.handle import Effect, handle, rejected, remembered_rejection
from orderflow.domain.limits import MAX_ORDER_BYTES
from orderflow.domain.outcome import Outcome
from orderflow.domain.stored import Change, Received, StoredOrder
from orderflow.ports import ExternalRef, Write

Encode = Callable[[StoredOrder], Write]


@dataclass(slots=True, kw_only=True)
class Fold:
    """One pass over a batch: the orders as loaded, and as the commands so far have left them.

    `holders` are references known to be taken; within a batch the first creation has a reference.
    Orders in `watched` are measured at every change, and a change that makes one too large is rejected.
    """

    loaded: Mapping[str, StoredOrder]
    holders: Mapping[ExternalRef, str]
    now: datetime
    rules: Rules
    encode: Encode
    watched: frozenset[str] = frozenset()
    orders: dict[str, StoredOrder] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    repeats: list[Outcome] = field(default_factory=list)
    _claims: dict[ExternalRef, str] = field(default_factory=dict)

    def apply(self, received: Received) -> Outcome:
        order_id = received.command.order_id
        stored = self.orders.get(order_id) or self.loaded.get(order_id)
        effect = self._within_size(stored, received, self._effect(stored, received))
        if effect.stored:
            self.orders[order_id] = effect.stored
        else:
            self._release(order_id)
        if effect.change:
            self.changes.append(effect.change)
        if effect.repeated:
            self.repeats.append(effect.outcome)
        return effect.outcome

    def written(self) -> Iterable[StoredOrder]:
        """The orders that changed, at the revision they are to be stored at."""
        for order_id, stored in self.orders.items():
            if stored is not self.loaded.get(order_id):
                yield _next(stored)

    def _effect(self, stored: StoredOrder | None, received: Received) -> Effect:
        command = received.command
        if not stored and isinstance(command, CreateOrder) and command.external_ref:
            claim = (command.client_id, command.external_ref)
            holder = self.holders.get(claim) or self._claims.setdefault(claim, command.order_id)
            if holder != command.order_id:
                return rejected(None, received, problems.external_ref_taken(command.external_ref), self.now)
        return handle(stored, received, self.now, self.rules)

    def _release(self, order_id: str) -> None:
        """A creation that came to nothing holds no reference."""
        for claim in [claim for claim, holder in self._claims.items() if holder == order_id]:
            del self._claims[claim]

    def _within_size(self, stored: StoredOrder | None, received: Received, effect: Effect) -> Effect:
        grown = effect.stored
        if received.command.order_id not in self.watched or grown is None or grown is stored or not effect.change:
            return effect
        if len(self.encode(_next(grown)).document) <= MAX_ORDER_BYTES:
            return effect
        problem = problems.order_too_large(MAX_ORDER_BYTES)
        if stored is None:
            return rejected(None, received, problem, self.now)
        return remembered_rejection(stored, received, problem, self.now)


def _next(stored: StoredOrder) -> StoredOrder:
    return replace(stored, revision=stored.revision + 1)
