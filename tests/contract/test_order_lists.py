"""Every filter and every sort of a list, page by page and counted."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from orderflow.domain.lifecycle import State
from orderflow.domain.listing import ListQuery, Sort, Total
from orderflow.domain.order import Order
from orderflow.domain.stored import StoredOrder
from orderflow.ports import OrderQueries, OrderStore, Saved
from tests.builders import NOW, change_state, create_order, stored_order

CLIENTS = ("client-a", "client-b")
STATES = (State.CREATED, State.CONFIRMED, State.IN_TRANSIT)
TICK = timedelta(milliseconds=1)


def order_of(number: int) -> StoredOrder:
    """In every client and state, three created in each millisecond; later ones were changed earlier."""
    order_id, state = f"ord_{number:03}", STATES[number % 3]
    create = create_order(order_id, client_id=CLIENTS[number % 2], external_ref=f"ref {number}" if number % 5 else None)
    commands = (create,) if state == State.CREATED else (create, change_state(order_id, state))
    created = stored_order(*commands, now=NOW + (number // 3) * TICK)
    changed = created.order.created_at if len(commands) == 1 else NOW + timedelta(hours=1) - number // 4 * TICK
    return replace(created, order=replace(created.order, updated_at=changed), revision=1)


ORDERS = [order_of(number) for number in range(36)]
RANGES = [(None, None), (NOW + 3 * TICK, None), (None, NOW + 8 * TICK), (NOW + 2 * TICK, NOW + 7 * TICK)]


@pytest.fixture
async def full(store: OrderStore, queries: OrderQueries) -> OrderQueries:
    assert await store.save([store.encode(stored) for stored in ORDERS]) == Saved()
    return queries


def expected(query: ListQuery) -> list[Order]:
    """What the words of the query mean, said once more and plainly."""
    after, before = query.created_after, query.created_before
    found = [
        order
        for order in (stored.order for stored in ORDERS)
        if query.client_id in (None, order.client_id)
        and (not query.states or order.state in query.states)
        and (after is None or order.created_at >= after)
        and (before is None or order.created_at < before)
        and query.external_ref in (None, order.external_ref)
    ]
    moment = "updated_at" if query.sort.by_change else "created_at"
    return sorted(
        found, key=lambda order: (getattr(order, moment), order.order_id), reverse=query.sort.value.startswith("-")
    )


async def walked(queries: OrderQueries, query: ListQuery) -> list[Order]:
    found: list[Order] = []
    while page := await queries.find(query):
        assert len(page) <= query.limit
        found += page
        query = replace(query, after=query.sort.position(page[-1]))
    return found


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("states", [(), STATES[:1], STATES[1:], (State.RETURNED,)])
async def test_a_list_is_what_its_query_says_at_once_page_by_page_and_counted(
    full: OrderQueries, states: tuple[State, ...], sort: Sort
) -> None:
    for client_id, (after, before) in product((None, *CLIENTS), RANGES):
        if sort.by_change and client_id is None:
            continue
        query = ListQuery(
            client_id=client_id, states=states, created_after=after, created_before=before, sort=sort, limit=200
        )
        wanted = expected(query)
        assert await full.find(query) == wanted
        assert await walked(full, replace(query, limit=4)) == wanted
        assert await full.count(query, 100) == Total(len(wanted), exact=True)


async def test_no_order_is_in_a_range_that_ends_before_it_begins(full: OrderQueries) -> None:
    for client_id in (None, CLIENTS[0]):
        query = ListQuery(client_id=client_id, created_after=NOW + 5 * TICK, created_before=NOW)
        assert await full.find(query) == []
        assert await full.count(query, 5) == Total(0, exact=True)


@pytest.mark.parametrize("sort", Sort)
async def test_an_order_is_found_by_its_external_reference(full: OrderQueries, sort: Sort) -> None:
    for number in (1, 2, 3):
        query = ListQuery(client_id=CLIENTS[number % 2], external_ref=f"ref {number}", sort=sort)
        assert await full.find(query) == expected(query) == [ORDERS[number].order]
        assert await full.find(replace(query, after=sort.position(ORDERS[number].order))) == []
        assert await full.find(replace(query, client_id=CLIENTS[(number + 1) % 2])) == []
    assert await full.find(ListQuery(client_id=CLIENTS[0], external_ref="nul \0 and ü")) == []


@pytest.mark.parametrize("at_most", [1, 17, 35])
async def test_counting_goes_no_further_than_it_is_told(full: OrderQueries, at_most: int) -> None:
    query = ListQuery(after=(NOW, "ord_000"))
    assert await full.count(query, at_most) == Total(at_most, exact=False)
    assert await full.count(query, 36) == Total(36, exact=True)


async def test_the_oldest_come_first_over_years_and_however_often_it_is_asked(
    store: OrderStore, queries: OrderQueries
) -> None:
    ages = [timedelta(days=9_000), timedelta(days=40), timedelta(hours=7), timedelta(seconds=3), timedelta(0)]
    orders = [
        replace(stored_order(create_order(f"age{number}"), now=NOW - age), revision=1)
        for number, age in enumerate(ages)
    ]
    assert await store.save([store.encode(stored) for stored in orders]) == Saved()
    for _ in range(2):  # The second time the queries know where the oldest is.
        assert await queries.find(ListQuery(sort=Sort.OLDEST)) == [stored.order for stored in orders]
        assert await walked(queries, ListQuery(sort=Sort.OLDEST, limit=2)) == [stored.order for stored in orders]
