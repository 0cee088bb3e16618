"""What the worker relies on from a cache."""

from dataclasses import replace

import pytest

from orderflow.domain.lifecycle import State
from orderflow.ports import CachedOrder, CachedOutcome, CacheRefresher, OrderCache, OutcomeCache, Refresh

ORDER = CachedOrder(order_id="ord_1", version=2, body=b'{"version":2}')
OUTCOME = CachedOutcome(order_id="ord_1", command_id="cmd_1", body=b'{"status":"applied"}', lasting=True)
EARLY = CachedOutcome(order_id="ord_1", command_id="cmd_1", body=b'{"status":"rejected"}', lasting=False)


async def test_a_refresh_shows_its_orders_and_outcomes(
    refresher: CacheRefresher, order_cache: OrderCache, outcome_cache: OutcomeCache
) -> None:
    assert await refresher.refresh(Refresh(orders=[ORDER], outcomes=[OUTCOME])) is True
    assert await order_cache.order("ord_1") == ORDER
    assert await outcome_cache.outcome("ord_1", "cmd_1") == OUTCOME.body


async def test_each_order_and_outcome_of_a_large_refresh_is_its_own(
    refresher: CacheRefresher, order_cache: OrderCache, outcome_cache: OutcomeCache
) -> None:
    orders = [CachedOrder(order_id=f"ord_{number}", version=number + 1, body=b"%d" % number) for number in range(500)]
    outcomes = [replace(OUTCOME, order_id=order.order_id, command_id="c", body=b"-" + order.body) for order in orders]
    refresh = Refresh(orders=orders, outcomes=outcomes, clients=["client-1"], states=[State.CREATED])
    assert await refresher.refresh(refresh) is True
    assert [await order_cache.order(order.order_id) for order in orders] == orders
    assert [await outcome_cache.outcome(outcome.order_id, "c") for outcome in outcomes] == [
        outcome.body for outcome in outcomes
    ]


async def test_a_refresh_of_nothing_is_done(refresher: CacheRefresher) -> None:
    assert await refresher.refresh(Refresh()) is True


async def test_a_newer_order_replaces_an_older_one(refresher: CacheRefresher, order_cache: OrderCache) -> None:
    newer = CachedOrder(order_id="ord_1", version=10, body=b"newer")
    await refresher.refresh(Refresh(orders=[ORDER]))
    await refresher.refresh(Refresh(orders=[newer]))
    assert await order_cache.order("ord_1") == newer


async def test_an_older_order_never_replaces_a_newer_one(refresher: CacheRefresher, order_cache: OrderCache) -> None:
    newer = CachedOrder(order_id="ord_1", version=10, body=b"newer")
    await refresher.refresh(Refresh(orders=[newer]))
    await refresher.refresh(Refresh(orders=[ORDER]))
    assert await order_cache.order("ord_1") == newer


async def test_the_first_outcome_of_a_command_stays(refresher: CacheRefresher, outcome_cache: OutcomeCache) -> None:
    await refresher.refresh(Refresh(outcomes=[OUTCOME]))
    await refresher.refresh(Refresh(outcomes=[replace(OUTCOME, body=b"later")]))
    assert await outcome_cache.outcome("ord_1", "cmd_1") == OUTCOME.body


async def test_what_became_of_a_command_takes_the_place_of_a_rejection_that_no_order_remembers(
    refresher: CacheRefresher, outcome_cache: OutcomeCache
) -> None:
    await refresher.refresh(Refresh(outcomes=[EARLY]))
    assert await outcome_cache.outcome("ord_1", "cmd_1") == EARLY.body
    await refresher.refresh(Refresh(outcomes=[OUTCOME]))
    assert await outcome_cache.outcome("ord_1", "cmd_1") == OUTCOME.body
    await refresher.refresh(Refresh(outcomes=[replace(OUTCOME, body=b"later")]))
    assert await outcome_cache.outcome("ord_1", "cmd_1") == OUTCOME.body


@pytest.mark.parametrize("first", [OUTCOME, EARLY])
async def test_a_rejection_that_no_order_remembers_never_takes_the_place_of_an_outcome(
    first: CachedOutcome, refresher: CacheRefresher, outcome_cache: OutcomeCache
) -> None:
    await refresher.refresh(Refresh(outcomes=[first]))
    await refresher.refresh(Refresh(outcomes=[replace(EARLY, body=b"later")]))
    assert await outcome_cache.outcome("ord_1", "cmd_1") == first.body


async def test_a_rejection_that_no_order_remembers_takes_the_place_of_a_pending_mark(
    refresher: CacheRefresher, outcome_cache: OutcomeCache
) -> None:
    await outcome_cache.mark_pending("ord_1", "cmd_1", "f")
    await refresher.refresh(Refresh(outcomes=[EARLY]))
    assert await outcome_cache.outcome("ord_1", "cmd_1") == EARLY.body


async def test_an_outcome_takes_the_place_of_a_pending_mark(
    refresher: CacheRefresher, outcome_cache: OutcomeCache
) -> None:
    await outcome_cache.mark_pending("ord_1", "cmd_1", "f")
    await refresher.refresh(Refresh(outcomes=[OUTCOME]))
    assert await outcome_cache.outcome("ord_1", "cmd_1") == OUTCOME.body


async def test_a_refresh_renews_the_generations_it_names_and_no_others(
    refresher: CacheRefresher, order_cache: OrderCache
) -> None:
    clients, states = ["client-1", "client-2"], [State.CREATED, State.FAILED]
    before = await order_cache.generations(clients, states)
    await refresher.refresh(Refresh(clients=["client-2"], states=[State.CREATED]))
    after = await order_cache.generations(clients, states)
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, False, True]


async def test_a_generation_never_comes_back(refresher: CacheRefresher, order_cache: OrderCache) -> None:
    seen = set[str]()
    for _ in range(5):
        seen.update(await order_cache.generations(["client-1"], []))
        await refresher.refresh(Refresh(clients=["client-1"]))
    assert len(seen) == 5
