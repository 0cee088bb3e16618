"""What became of a command: this process's memory, then the cache, then what the order itself remembers."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from orderflow.domain.outcome import Outcome
from orderflow.ports import CacheUnavailableError, Pending
from orderflow.wire.outcomes import decode_outcome, encode_outcome
from web.facade import Facade
from web.http.refusals import RefusedError
from web.orders.reading import reached

LOOK_SECONDS = 1.0
"""A client has waited already."""
RECENT = timedelta(minutes=10)
"""What was cached before an outcome is gone within six minutes; clocks may differ, and a save may take."""

Found = bytes | Pending | None
"""What the board or the cache has of a command."""


async def find_outcome(facade: Facade, order_id: str, command_id: str) -> Found:
    """The encoded outcome, or that it is pending; None for a command never heard of.

    One that no order remembers may be an earlier one, of before the order was created: it counts last.
    """
    seen = facade.board.outcome(order_id, command_id)
    if _lasts(seen):
        return seen
    cached = await cached_outcome(facade, order_id, command_id)
    if _lasts(cached):
        return cached
    outcomes = [found for found in (seen, cached) if isinstance(found, bytes)]
    return await _remembered(facade, order_id, command_id, outcomes[0] if outcomes else seen or cached)


async def look_up(facade: Facade, order_id: str, command_id: str, fingerprint: str) -> Outcome | None:
    """The outcome of exactly this command, where it can be found and its order remembers it."""
    with suppress(RefusedError, TimeoutError):
        async with asyncio.timeout(LOOK_SECONDS):
            outcome = readable(await find_outcome(facade, order_id, command_id))
        if isinstance(outcome, Outcome) and outcome.fingerprint == fingerprint and outcome.is_lasting:
            return outcome
    return None


async def cached_outcome(facade: Facade, order_id: str, command_id: str) -> Found:
    """What Redis has of a command; nothing while it is away."""
    with suppress(CacheUnavailableError):
        return await facade.outcomes.outcome(order_id, command_id)
    return None


def readable(found: Found) -> Outcome | Pending | None:
    """None also for an outcome that a later version wrote and this one cannot read."""
    if not isinstance(found, bytes):
        return found
    try:
        return decode_outcome(found)
    except ValueError:
        return None


def _lasts(found: Found) -> bool:
    """One that a later version wrote is shown as it is."""
    known = readable(found)
    return isinstance(found, bytes) and (not isinstance(known, Outcome) or known.is_lasting)


async def _remembered(facade: Facade, order_id: str, command_id: str, otherwise: Found) -> Found:
    """What the order remembers, where the database answers or nothing else is known."""
    try:
        stored = await reached(facade.queries.get(order_id))
    except RefusedError:
        if otherwise is None:
            raise
        return otherwise
    entry = stored.entry_of(command_id) if stored else None
    if entry is None:
        return otherwise
    learn(facade, entry.outcome)
    return encode_outcome(entry.outcome)


def learn(facade: Facade, outcome: Outcome) -> None:
    """MongoDB has told it; the worker that stored it may not have come to the cache yet, unless it is long ago."""
    if outcome.version and facade.clock() - outcome.at < RECENT:
        facade.board.learn(outcome.order_id, outcome.command_id, outcome.version)
