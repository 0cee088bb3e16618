"""Lists of a real database, walked while orders come in and move from state to state as fast as they can."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from random import Random

import pytest

from orderflow.domain.lifecycle import State
from orderflow.domain.listing import ListQuery, Sort
from orderflow.domain.stored import StoredOrder
from orderflow.ports import OrderQueries, OrderStore, Saved
from tests.builders import NOW, create_order, revised, stored_order

ORDERS, MOVING = 120, 40
WALKS = 6


def order_of(order_id: str, seconds: int) -> StoredOrder:
    return replace(stored_order(create_order(order_id), now=NOW + timedelta(seconds=seconds)), revision=1)


async def save(store: OrderStore, orders: list[StoredOrder]) -> None:
    assert await store.save([store.encode(each) for each in orders]) == Saved()


def moved(stored: StoredOrder, state: State) -> StoredOrder:
    return revised(replace(stored, order=replace(stored.order, state=state)))


async def disturb(store: OrderStore, orders: list[StoredOrder], done: asyncio.Event) -> None:
    """Moves orders there and back, through every state, and adds some everywhere in time."""
    random = Random(1)  # noqa: S311 - repeatable on purpose
    for number in count():
        if done.is_set():
            return
        orders = [moved(each, random.choice([*State])) for each in orders]
        await save(store, [*orders, order_of(f"new_{number}", random.randrange(-9, ORDERS))])


@asynccontextmanager
async def disturbed(store: OrderStore, orders: list[StoredOrder]) -> AsyncIterator[None]:
    done = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(disturb(store, orders, done))
        try:
            yield
        finally:
            done.set()


async def walk(queries: OrderQueries, query: ListQuery) -> Counter[str]:
    seen: Counter[str] = Counter()
    while page := await queries.find(query):
        seen.update(order.order_id for order in page)
        query = replace(query, after=query.sort.position(page[-1]))
    return seen


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.OLDEST])
async def test_each_order_that_was_there_is_listed_once_whatever_happens_meanwhile(
    store: OrderStore, queries: OrderQueries, sort: Sort
) -> None:
    orders = [order_of(f"old_{number:03}", number // 2) for number in range(ORDERS)]
    await save(store, orders)
    async with disturbed(store, orders[:: ORDERS // MOVING]):
        walks = [await walk(queries, ListQuery(sort=sort, limit=25)) for _ in range(WALKS)]
    for seen in walks:
        assert {order.order.order_id for order in orders} <= set(seen)
        assert max(seen.values()) == 1
