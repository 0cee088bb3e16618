"""Orders in memory: the twin of MongoDB, with the same documents and the same conflicts."""

from collections.abc import Collection, Sequence
from datetime import datetime

from orderflow.adapters.mongo_documents import stored_order_of, write_of
from orderflow.domain.order import Order
from orderflow.domain.outcome import Outcome
from orderflow.domain.stored import StoredOrder
from orderflow.ports import Conflict, ExternalRef, ListQuery, Saved, Write


class InMemoryOrderStore:
    """Both OrderStore and OrderQueries; it forgets everything with the process."""

    def __init__(self) -> None:
        self._orders: dict[str, StoredOrder] = {}
        self._holders: dict[ExternalRef, str] = {}

    def encode(self, stored: StoredOrder) -> Write:
        return write_of(stored)

    async def load(self, order_ids: Collection[str]) -> dict[str, StoredOrder]:
        return {order_id: self._orders[order_id] for order_id in order_ids if order_id in self._orders}

    async def save(self, writes: Sequence[Write]) -> Saved | Conflict:
        failed = [write for write in writes if not self._write(write)]
        holders = {
            write.external_ref: self._holders[write.external_ref]
            for write in failed
            if write.external_ref and self._is_taken(write)
        }
        return Conflict(holders) if failed else Saved()

    async def get(self, order_id: str) -> StoredOrder | None:
        return self._orders.get(order_id)

    async def find(self, query: ListQuery) -> list[Order]:
        orders = (stored.order for stored in self._orders.values())
        matching = [order for order in orders if _matches(order, query)]
        return sorted(matching, key=_position, reverse=True)[: query.limit]

    async def outcomes(self, names: Collection[tuple[str, str]]) -> list[Outcome]:
        known = [(self._orders[order_id], command_id) for order_id, command_id in names if order_id in self._orders]
        entries = [stored.entry_of(command_id) for stored, command_id in known]
        return [entry.outcome for entry in entries if entry]

    async def ping(self) -> None: ...

    def _write(self, write: Write) -> bool:
        current = self._orders.get(write.order_id)
        if (current.revision if current else 0) != write.revision - 1 or self._is_taken(write):
            return False
        self._orders[write.order_id] = stored_order_of(write.document)
        if write.external_ref:
            self._holders[write.external_ref] = write.order_id
        return True

    def _is_taken(self, write: Write) -> bool:
        if write.external_ref is None:
            return False
        return self._holders.get(write.external_ref, write.order_id) != write.order_id


def _matches(order: Order, query: ListQuery) -> bool:
    return (
        query.client_id in (None, order.client_id)
        and (not query.states or order.state in query.states)
        and (query.before is None or _position(order) < query.before)
    )


def _position(order: Order) -> tuple[datetime, str]:
    return order.created_at, order.order_id
