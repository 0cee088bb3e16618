"""Orders in MongoDB, as the facade reads them: one, a page of a list, or how many a list has."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from heapq import merge
from itertools import islice

from motor.motor_asyncio import AsyncIOMotorClientSession

from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.adapters.mongo_documents import LISTED, listed_order, stored_order
from orderflow.adapters.mongo_filters import kinds, spans
from orderflow.adapters.mongo_outcomes import OUTCOMES, outcomes_of
from orderflow.adapters.mongo_windows import Filter
from orderflow.domain.lifecycle import State
from orderflow.domain.listing import ListQuery, Sort, Total
from orderflow.domain.order import Order
from orderflow.domain.outcome import Outcome
from orderflow.domain.stored import StoredOrder
from orderflow.ports import Clock

Session = AsyncIOMotorClientSession


class MongoOrderQueries:
    """The system of record as the facade reads it; see OrderQueries."""

    def __init__(self, connection: MongoConnection, clock: Clock) -> None:
        self._connection = connection
        self._orders = connection.orders
        self._clock = clock
        self._newest: dict[State, datetime] = {}
        self._oldest: dict[State, datetime] = {}

    async def get(self, order_id: str) -> StoredOrder | None:
        document = await self._orders.find_one({"_id": order_id})
        return stored_order(document) if document else None

    async def find(self, query: ListQuery) -> list[Order]:
        """Walks through time until the page is full. A list over several states shows all of them at one moment.

        Otherwise an order that moves meanwhile, from a state still to be read to one that was, would be in neither.
        """
        if len(kinds(query)) == 1:
            return await self._found(query, None)
        async with self._connection.snapshot() as session:
            return await self._found(query, session)

    async def count(self, query: ListQuery, at_most: int) -> Total:
        whole, total = replace(query, after=None, sort=Sort.NEWEST), 0
        for span in spans(whole, self._clock(), self._landmark(whole)):
            for kind in kinds(whole):
                total += await self._orders.count_documents({**kind, **span}, limit=at_most + 1 - total)
                if total > at_most:
                    return Total(at_most, exact=False)
        return Total(total, exact=True)

    async def outcomes(self, names: Collection[tuple[str, str]]) -> list[Outcome]:
        wanted = frozenset(names)
        found = self._orders.find({"_id": {"$in": list({order_id for order_id, _ in wanted})}}, OUTCOMES)
        remembered = [outcome async for document in found for outcome in outcomes_of(document)]
        return [outcome for outcome in remembered if (outcome.order_id, outcome.command_id) in wanted]

    async def ping(self) -> None:
        await self._connection.ping()

    async def _found(self, query: ListQuery, session: Session | None) -> list[Order]:
        found: dict[str, Order] = {}
        for span in spans(query, self._clock(), self._landmark(query)):
            missing = query.limit - len(found)
            if missing <= 0:
                break
            parts = [await self._part({**kind, **span}, query.sort, missing, session) for kind in kinds(query)]
            in_order = merge(*parts, key=query.sort.position, reverse=query.sort.descending)
            # An order that changed meanwhile may have been read twice.
            once = {order.order_id: order for order in in_order if order.order_id not in found}
            found |= islice(once.items(), missing)
        self._remember(found.values())
        return list(found.values())

    async def _part(self, matching: Filter, sort: Sort, limit: int, session: Session | None) -> list[Order]:
        direction = -1 if sort.descending else 1
        found = self._orders.find(matching, LISTED, session=session)
        ordered = found.sort([(sort.field, direction), ("_id", direction)]).limit(limit)
        return [listed_order(document) for document in await ordered.to_list(limit)]

    def _landmark(self, query: ListQuery) -> datetime | None:
        """Where the first of these orders was when last seen: a hint that saves wide windows over a quiet time."""
        known, first = (self._newest, max) if query.sort.descending else (self._oldest, min)
        return first((known[state] for state in query.states or State if state in known), default=None)

    def _remember(self, orders: Iterable[Order]) -> None:
        for order in orders:
            state, created_at = order.state, order.created_at
            self._newest[state] = max(created_at, self._newest.get(state, created_at))
            self._oldest[state] = min(created_at, self._oldest.get(state, created_at))
