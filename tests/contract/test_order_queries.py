"""What the facade relies on from a system of record."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import timedelta

import bson
import pytest

from orderflow.domain.lifecycle import State
from orderflow.domain.listing import ListQuery
from orderflow.domain.order import Order
from orderflow.domain.stored import StoredOrder
from orderflow.ports import OrderQueries, OrderStore, Saved
from tests.builders import NOW, cancel_order, change_state, create_order, hold_order, stored_order

CLIENTS = ("client-a", "client-b")
STATES = (State.CREATED, State.CONFIRMED, State.IN_TRANSIT)


def order_of(number: int, *, prefix: str = "ord", ago: timedelta = timedelta(0)) -> StoredOrder:
    """Orders in every client and state, three of them in each millisecond."""
    order_id = f"{prefix}_{number:03}"
    create = create_order(order_id, client_id=CLIENTS[number % 2])
    state = STATES[number % 3]
    commands = (create,) if state == State.CREATED else (create, change_state(order_id, state))
    moment = NOW - ago + timedelta(milliseconds=number // 3)
    return replace(stored_order(*commands, now=moment), revision=1)


async def save(store: OrderStore, orders: Iterable[StoredOrder]) -> None:
    assert await store.save([store.encode(order) for order in orders]) == Saved()


async def pages(queries: OrderQueries, query: ListQuery) -> AsyncIterator[list[Order]]:
    while page := await queries.find(query):
        yield page
        query = replace(query, after=query.sort.position(page[-1]))


def newest_first(orders: Iterable[StoredOrder]) -> list[Order]:
    return sorted((stored.order for stored in orders), key=lambda order: (order.created_at, order.order_id))[::-1]


async def test_an_order_is_found_by_its_id(store: OrderStore, queries: OrderQueries) -> None:
    order = stored_order(create_order(), change_state())
    await save(store, [replace(order, revision=1)])
    assert await queries.get("ord_1") == replace(order, revision=1)


@pytest.mark.parametrize("stored_by", ["this version", "version 1"])
async def test_a_list_shows_holds_and_failed_attempts_as_the_order_does(
    store: OrderStore, queries: OrderQueries, stored_by: str
) -> None:
    """Version 1 counted no attempts, and knew no holds."""
    out, failed = change_state(new_state=State.OUT_FOR_DELIVERY), change_state(new_state=State.ATTEMPT_FAILED)
    moves = [replace(move, command_id=str(number)) for number, move in enumerate((out, failed, out, failed))]
    holds = [hold_order()] if stored_by == "this version" else []
    order = replace(stored_order(create_order(), *moves, *holds), revision=1)
    write = store.encode(order)
    if stored_by == "version 1":
        document = bson.decode(write.document)
        del document["failed_attempts"]
        write = replace(write, document=bson.encode(document))
    assert await store.save([write]) == Saved()

    assert order.order.failed_attempts == 2
    assert await queries.get("ord_1") == order
    assert await queries.find(ListQuery()) == [order.order]


async def test_an_absent_order_is_none(queries: OrderQueries) -> None:
    assert await queries.get("ord_1") is None


async def test_a_reachable_database_answers_a_ping(queries: OrderQueries) -> None:
    await queries.ping()


async def test_no_orders_make_an_empty_list(queries: OrderQueries) -> None:
    assert await queries.find(ListQuery()) == []
    assert await queries.find(ListQuery(client_id="nobody")) == []


@pytest.mark.parametrize("states", [(), STATES[:1], STATES[1:], (State.RETURNED,)])
@pytest.mark.parametrize("client_id", [None, *CLIENTS])
async def test_a_list_holds_what_matches_newest_first(
    store: OrderStore, queries: OrderQueries, client_id: str | None, states: tuple[State, ...]
) -> None:
    orders = [order_of(number) for number in range(30)]
    await save(store, orders)
    expected = newest_first(
        stored
        for stored in orders
        if client_id in (None, stored.order.client_id) and (not states or stored.order.state in states)
    )
    assert await queries.find(ListQuery(client_id=client_id, states=states)) == expected
    assert await queries.find(ListQuery(client_id=client_id, states=states, limit=4)) == expected[:4]


@pytest.mark.parametrize("states", [(), STATES[:1], STATES[1:]])
@pytest.mark.parametrize("client_id", [None, CLIENTS[0]])
async def test_paging_is_complete_and_repeats_nothing_while_orders_are_inserted(
    store: OrderStore, queries: OrderQueries, client_id: str | None, states: tuple[State, ...]
) -> None:
    orders = [order_of(number) for number in range(30)]
    await save(store, orders)
    query = ListQuery(client_id=client_id, states=states, limit=4)
    expected = await queries.find(replace(query, limit=200))
    seen: list[Order] = []
    async for page in pages(queries, query):
        seen += page
        await save(store, [order_of(number, prefix=f"new{len(seen)}", ago=-timedelta(hours=1)) for number in range(3)])
    assert seen == expected


async def test_a_page_reaches_back_over_years(store: OrderStore, queries: OrderQueries) -> None:
    ages = [timedelta(0), timedelta(seconds=3), timedelta(hours=7), timedelta(days=40), timedelta(days=9_000)]
    orders = [order_of(0, prefix=f"age{number}", ago=age) for number, age in enumerate(ages)]
    await save(store, orders)
    assert await queries.find(ListQuery()) == newest_first(orders)
    assert [page async for page in pages(queries, ListQuery(limit=2))] == [
        newest_first(orders)[start : start + 2] for start in (0, 2, 4)
    ]


async def test_outcomes_are_what_the_orders_remember(store: OrderStore, queries: OrderQueries) -> None:
    many = stored_order(create_order(), change_state(), change_state(), cancel_order())
    orders = [replace(many, revision=1), order_of(1)]
    await save(store, orders)
    remembered = {(entry.outcome.order_id, entry.command_id): entry.outcome for entry in (*many.history, *many.ledger)}
    assert len(remembered) >= 3
    found = await queries.outcomes([*remembered, ("ord_1", "unknown"), ("unknown", "create-ord_1")])
    assert {(outcome.order_id, outcome.command_id): outcome for outcome in found} == remembered
    assert await queries.outcomes([]) == []
