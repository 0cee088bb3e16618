"""Servers that lack a safeguard: every test of the guarantee has to find them out."""

from collections.abc import Sequence
from dataclasses import replace

from orderflow.adapters.memory_cache import InMemoryCache
from orderflow.adapters.memory_orders import InMemoryOrderStore
from orderflow.ports import CachedOrder, Conflict, Saved, Write


class UnguardedStore(InMemoryOrderStore):
    """Writes whatever the revision."""

    async def save(self, writes: Sequence[Write]) -> Saved | Conflict:
        stored = await self.load([write.order_id for write in writes])
        revisions = {order_id: order.revision for order_id, order in stored.items()}
        return await super().save([replace(write, revision=revisions.get(write.order_id, 0) + 1) for write in writes])


class BelievingStore(InMemoryOrderStore):
    """Takes a short count for success."""

    async def save(self, writes: Sequence[Write]) -> Saved | Conflict:
        await super().save(writes)
        return Saved()


class OverwritingCache(InMemoryCache):
    """Sets whatever the version."""

    def _set_if_newer(self, order: CachedOrder) -> None:
        self._orders[order.order_id] = order
