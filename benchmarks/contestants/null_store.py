"""A database that costs nothing: what is left is our own work."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache

from benchmarks.seeding import seeds_of, stored_order
from benchmarks.workload import STORED
from orderflow.adapters.mongo_documents import write_of
from orderflow.domain.stored import StoredOrder
from orderflow.ports import Conflict, Saved, Write


class NullStore:
    """An OrderStore that keeps nothing and finds only the orders that a workload says are stored.

    Every write takes `seconds`, as a database on another machine would.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        self._seconds = seconds

    def encode(self, stored: StoredOrder) -> Write:
        return write_of(stored)

    async def load(self, order_ids: Collection[str]) -> dict[str, StoredOrder]:
        return {order_id: _found(order_id) for order_id in order_ids if order_id.startswith(STORED)}

    async def save(self, _writes: Sequence[Write]) -> Saved | Conflict:
        if self._seconds:
            await asyncio.sleep(self._seconds)
        return Saved()


@cache
def _template() -> StoredOrder:
    return stored_order(seeds_of([STORED])[0])


def _found(order_id: str) -> StoredOrder:
    """As cheap as an order can be had: a copy under another id."""
    return replace(_template(), order=replace(_template().order, order_id=order_id))
