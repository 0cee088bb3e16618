"""What the facade relies on from a cache of orders and lists."""

from orderflow.domain.lifecycle import State
from orderflow.ports import CachedOrder, OrderCache

ORDER = CachedOrder(order_id="ord_1", version=2, body=b'{"version":2}')


async def test_an_absent_order_is_none(order_cache: OrderCache) -> None:
    assert await order_cache.order("ord_1") is None


async def test_a_filled_in_order_is_found(order_cache: OrderCache) -> None:
    await order_cache.fill(ORDER)
    assert await order_cache.order("ord_1") == ORDER


async def test_filling_in_never_replaces_a_newer_order(order_cache: OrderCache) -> None:
    newer = CachedOrder(order_id="ord_1", version=10, body=b"newer")
    await order_cache.fill(newer)
    await order_cache.fill(ORDER)
    assert await order_cache.order("ord_1") == newer


async def test_a_generation_that_is_missing_is_made_up_and_stays(order_cache: OrderCache) -> None:
    generations = await order_cache.generations(["client-1", "client-2"], [State.CREATED])
    assert len(generations) == 3
    assert all(generations)
    assert await order_cache.generations(["client-1", "client-2"], [State.CREATED]) == generations


async def test_generations_come_in_the_order_asked_for_clients_first(order_cache: OrderCache) -> None:
    first = await order_cache.generations(["client-1"], [])
    second = await order_cache.generations([], [State.FAILED])
    assert await order_cache.generations(["client-1"], [State.FAILED]) == (*first, *second)


async def test_no_generations_are_asked_for_nothing(order_cache: OrderCache) -> None:
    assert await order_cache.generations([], []) == ()


async def test_a_client_named_like_a_state_has_a_generation_of_its_own(order_cache: OrderCache) -> None:
    await order_cache.generations(["created"], [])
    assert len(await order_cache.generations(["created"], [State.CREATED])) == 2


async def test_a_page_is_found_under_its_key(order_cache: OrderCache) -> None:
    await order_cache.fill_page("client=c&gen=1", b'{"orders":[]}')
    assert await order_cache.page("client=c&gen=1") == b'{"orders":[]}'
    assert await order_cache.page("client=c&gen=2") is None
