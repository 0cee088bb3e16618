"""What became of a command: this process's memory, then the cache, then what the order itself remembers."""

import asyncio
from contextlib import suppress

from orderflow.domain.outcome import Outcome
from orderflow.ports import CacheUnavailableError, Pending
from orderflow.wire.outcomes import decode_outcome, encode_outcome
from web.facade import Facade
from web.reading import reached
from web.refusals import RefusedError

LOOK_SECONDS = 1.0
"""A client has waited already."""


async def find_outcome(facade: Facade, order_id: str, command_id: str) -> bytes | Pending | None:
    """The encoded outcome, or that it is pending; None for a command never heard of.

    One that no order remembers may be an earlier one, of before the order was created: it counts last.
    """
    seen = facade.board.outcome(order_id, command_id)
    if _lasts(seen):
        return seen
    cached: bytes | Pending | None = None
    with suppress(CacheUnavailableError):
        cached = await facade.outcomes.outcome(order_id, command_id)
    if _lasts(cached):
        return cached
    outcomes = [found for found in (seen, cached) if isinstance(found, bytes)]
    return await _remembered(facade, order_id, command_id, outcomes[0] if outcomes else seen or cached)


async def look_up(facade: Facade, order_id: str, command_id: str, fingerprint: str) -> Outcome | None:
    """The outcome of exactly this command, where it can be found and its order remembers it."""
    # ValueError: an outcome that a later version wrote and this one cannot read.
    with suppress(RefusedError, TimeoutError, ValueError):
        async with asyncio.timeout(LOOK_SECONDS):
            found = await find_outcome(facade, order_id, command_id)
        outcome = decode_outcome(found) if isinstance(found, bytes) else None
        if outcome and outcome.fingerprint == fingerprint and outcome.is_lasting:
            return outcome
    return None


def _lasts(found: bytes | Pending | None) -> bool:
    if not isinstance(found, bytes):
        return False
    try:
        return decode_outcome(found).is_lasting
    except ValueError:
        return True  # A later version wrote it: it is shown as it is.


async def _remembered(
    facade: Facade, order_id: str, command_id: str, otherwise: bytes | Pending | None
) -> bytes | Pending | None:
    """What the order remembers, where the database answers or nothing else is known."""
    try:
        stored = await reached(facade.queries.get(order_id))
    except RefusedError:
        if otherwise is None:
            raise
        return otherwise
    entry = stored.entry_of(command_id) if stored else None
    return encode_outcome(entry.outcome) if entry else otherwise
