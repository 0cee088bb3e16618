"""What the facade relies on from a cache of outcomes."""

from orderflow.ports import CachedOutcome, CacheRefresher, OutcomeCache, Pending, Refresh


async def test_a_command_never_heard_of_is_none(outcome_cache: OutcomeCache) -> None:
    assert await outcome_cache.outcome("ord_1", "cmd_1") is None


async def test_a_command_marked_pending_is_known_by_its_fingerprint(outcome_cache: OutcomeCache) -> None:
    await outcome_cache.mark_pending("ord_1", "cmd_1", "f")
    assert await outcome_cache.outcome("ord_1", "cmd_1") == Pending("f")


async def test_a_pending_mark_never_hides_an_outcome(refresher: CacheRefresher, outcome_cache: OutcomeCache) -> None:
    outcome = CachedOutcome(order_id="ord_1", command_id="cmd_1", body=b"applied", lasting=True)
    await refresher.refresh(Refresh(outcomes=[outcome]))
    await outcome_cache.mark_pending("ord_1", "cmd_1", "f")
    assert await outcome_cache.outcome("ord_1", "cmd_1") == b"applied"


async def test_colons_in_ids_do_not_mix_commands_up(outcome_cache: OutcomeCache) -> None:
    await outcome_cache.mark_pending("a", "b:c", "f")
    assert await outcome_cache.outcome("a:b", "c") is None
    assert await outcome_cache.outcome("a", "b:c") == Pending("f")
