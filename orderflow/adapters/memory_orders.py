"""Orders in memory: the twin of MongoDB, with the same documents and the same conflicts."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from orderflow.adapters.mongo_documents import stored_order_of, write_of
from orderflow.domain.listing import ListQuery, Total
from orderflow.domain.order import Order
from orderflow.domain.outcome import Outcome
from orderflow.domain.stored import StoredOrder
from orderflow.ports import Conflict, ExternalRef, Saved, Write


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
        found = sorted(self._matching(query), key=query.sort.position, reverse=query.sort.descending)
        return found[: query.limit]

    async def count(self, query: ListQuery, at_most: int) -> Total:
        found = len(self._matching(replace(query, after=None)))
        return Total(min(found, at_most), exact=found <= at_most)

    async def outcomes(self, names: Collection[tuple[str, str]]) -> list[Outcome]:
        known = [(self._orders[order_id], command_id) for order_id, command_id in names if order_id in self._orders]
        entries = [stored.entry_of(command_id) for stored, command_id in known]
        return [entry.outcome for entry in entries if entry]

    async def ping(self) -> None: ...

    def _matching(self, query: ListQuery) -> list[Order]:
        return [stored.order for stored in self._orders.values() if _matches(stored.order, query)]

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
        and query.external_ref in (None, order.external_ref)
        and (query.created_after is None or query.created_after <= order.created_at)
        and (query.created_before is None or order.created_at < query.created_before)
        and _is_behind(order, query)
    )


def _is_behind(order: Order, query: ListQuery) -> bool:
    if query.after is None:
        return True
    position = query.sort.position(order)
    return position < query.after if query.sort.descending else position > query.after
