"""A list walked by its cursors while orders come in and change: none that was there is missed, and none comes twice."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as some
from multidict import MultiDict

from orderflow.adapters.memory_cache import InMemoryCache
from orderflow.adapters.memory_orders import InMemoryOrderStore
from orderflow.domain.lifecycle import State
from orderflow.metrics.facade import FacadeMetrics
from orderflow.metrics.role import RoleMetrics
from orderflow.ports import Saved
from orderflow.streaming.outcome_board import OutcomeBoard
from tests.builders import NOW, RULES, create_order, revised, stored_order
from web.lists.pages import read_page
from web.lists.query import read_list_request

TIMES = some.integers(0, 6)
"""Milliseconds: many orders share one."""
CLIENTS = some.sampled_from(["a", "b"])
INSERTS = some.tuples(CLIENTS, TIMES)
CHANGES = some.tuples(some.integers(0, 99), some.sampled_from(State))


class World:
    """Orders, and the facade that lists them."""

    def __init__(self) -> None:
        self.store = InMemoryOrderStore()
        self.ids = (f"ord_{number * 7919 % 1000:03}" for number in count())
        self.facade: Any = SimpleNamespace(
            queries=self.store,
            orders=InMemoryCache(),
            board=OutcomeBoard(lambda: 0.0),
            lifecycle=RULES.lifecycle,
            metrics=FacadeMetrics(RoleMetrics("web")),
        )
        self.facade.orders.away = True

    async def insert(self, client_id: str, milliseconds: int) -> str:
        moment = NOW + timedelta(milliseconds=milliseconds)
        order = revised(
            replace(stored_order(create_order(next(self.ids), client_id=client_id), now=moment), revision=0)
        )
        assert await self.store.save([self.store.encode(order)]) == Saved()
        return order.order.order_id

    async def change(self, order_id: str, state: State) -> None:
        stored = await self.store.get(order_id)
        assert stored
        later = replace(stored.order, state=state, updated_at=stored.order.updated_at + timedelta(days=1))
        assert await self.store.save([self.store.encode(revised(replace(stored, order=later)))]) == Saved()

    async def page(self, **query: str) -> tuple[list[str], str | None]:
        body = orjson.loads((await read_page(self.facade, read_list_request(MultiDict(query)))).body)
        return [order["order_id"] for order in body["orders"]], body["next_cursor"]


@given(
    before=some.lists(INSERTS, max_size=25),
    meanwhile=some.lists(some.tuples(some.lists(INSERTS, max_size=4), some.lists(CHANGES, max_size=6)), max_size=8),
    limit=some.integers(1, 4),
    sort=some.sampled_from(["created_at", "-created_at"]),
    client=some.none() | CLIENTS,
)
async def test_each_order_that_was_there_is_shown_once(
    before: list[tuple[str, int]],
    meanwhile: list[tuple[list[tuple[str, int]], list[tuple[int, State]]]],
    limit: int,
    sort: str,
    client: str | None,
) -> None:
    world = World()
    ids = [await world.insert(*order) for order in before]
    there = {order_id for order_id, (of_client, _) in zip(ids, before, strict=True) if client in (None, of_client)}
    query = {"sort": sort, "limit": str(limit)} | ({"client_id": client} if client else {})
    shown, cursor = await world.page(**query)
    turns = iter(meanwhile)
    while cursor:
        inserts, changes = next(turns, ((), ()))
        ids += [await world.insert(*order) for order in inserts]
        for number, state in changes:
            await world.change(ids[number % len(ids)], state)
        page, cursor = await world.page(**query, cursor=cursor)
        shown += page
        assert len(shown) <= len(ids)
    assert there <= set(shown)
    assert max(Counter(shown).values(), default=1) == 1
