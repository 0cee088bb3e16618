"""Orders in MongoDB, as the facade reads them: one, or a page of a list."""

import asyncio
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from heapq import merge
from itertools import islice

from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.adapters.mongo_documents import listed_order, stored_order
from orderflow.adapters.mongo_outcomes import OUTCOMES, outcomes_of
from orderflow.adapters.mongo_windows import Filter, windows
from orderflow.domain.lifecycle import State
from orderflow.domain.order import Order
from orderflow.domain.outcome import Outcome
from orderflow.domain.stored import StoredOrder
from orderflow.ports import Clock, ListQuery

_NEWEST_FIRST = [("created_at", -1), ("_id", -1)]
_WITHOUT_MEMORY = dict.fromkeys(("history", "ledger", "sources", "created_by"), False)


class MongoOrderQueries:
    """The system of record as the facade reads it; see OrderQueries."""

    def __init__(self, connection: MongoConnection, clock: Clock) -> None:
        self._connection = connection
        self._orders = connection.orders
        self._clock = clock
        self._newest: dict[State, datetime] = {}

    async def get(self, order_id: str) -> StoredOrder | None:
        document = await self._orders.find_one({"_id": order_id})
        return stored_order(document) if document else None

    async def find(self, query: ListQuery) -> list[Order]:
        """Walks back in time until the page is full. An order that changes its state meanwhile counts once."""
        found: dict[str, Order] = {}
        for span in self._spans(query):
            missing = query.limit - len(found)
            if missing <= 0:
                break
            pages = await asyncio.gather(*(self._page({**kind, **span}, missing) for kind in _kinds(query)))
            newest = merge(*pages, key=_position, reverse=True)
            found |= {order.order_id: order for order in islice(newest, missing)}
        self._remember(found.values())
        return list(found.values())

    async def outcomes(self, names: Collection[tuple[str, str]]) -> list[Outcome]:
        wanted = frozenset(names)
        found = self._orders.find({"_id": {"$in": list({order_id for order_id, _ in wanted})}}, OUTCOMES)
        remembered = [outcome async for document in found for outcome in outcomes_of(document)]
        return [outcome for outcome in remembered if (outcome.order_id, outcome.command_id) in wanted]

    async def ping(self) -> None:
        await self._connection.ping()

    def _spans(self, query: ListQuery) -> Iterator[Filter]:
        """Filters that partition what the page may hold, newest first."""
        end = None
        if query.before:
            end, order_id = query.before
            # The rest of that moment apart: an $or over both keeps SecantusDB from using the index.
            yield {"created_at": end, "_id": {"$lt": order_id}}
        if query.client_id is None:
            yield from windows(end, self._clock(), self._landmark(query))
        else:
            yield {"created_at": {"$lt": end}} if end else {}

    def _landmark(self, query: ListQuery) -> datetime | None:
        """Where the newest of these orders was when last seen: a hint that saves wide windows after a quiet time."""
        if query.before:
            return None
        return max((self._newest[state] for state in query.states or State if state in self._newest), default=None)

    def _remember(self, orders: Iterable[Order]) -> None:
        for order in orders:
            self._newest[order.state] = max(order.created_at, self._newest.get(order.state, order.created_at))

    async def _page(self, matching: Filter, limit: int) -> list[Order]:
        found = self._orders.find(matching, _WITHOUT_MEMORY).sort(_NEWEST_FIRST).limit(limit)
        return [listed_order(document) for document in await found.to_list(limit)]


def _kinds(query: ListQuery) -> list[Filter]:
    """One filter per indexed query: a client's orders, else those of each state."""
    if query.client_id is None:
        return [{"state": state.value} for state in query.states or State]
    if query.states:
        return [{"client_id": query.client_id, "state": {"$in": [state.value for state in query.states]}}]
    return [{"client_id": query.client_id}]


def _position(order: Order) -> tuple[datetime, str]:
    return order.created_at, order.order_id
