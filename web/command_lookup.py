"""What became of a command: this process's memory, then the cache, then what the order itself remembers."""

import asyncio
from contextlib import suppress

from orderflow.domain.outcome import Outcome
from orderflow.ports import CacheUnavailableError
from orderflow.wire.outcomes import decode_outcome, encode_outcome
from web.facade import Facade
from web.reading import reached
from web.refusals import RefusedError

PENDING = b""
LOOK_SECONDS = 1.0
"""A client has waited already."""


async def find_outcome(facade: Facade, order_id: str, command_id: str) -> bytes | None:
    """The encoded outcome, PENDING, or None for a command never heard of."""
    seen = facade.board.outcome(order_id, command_id)
    if seen:
        return seen
    cached = None
    with suppress(CacheUnavailableError):
        cached = await facade.outcomes.outcome(order_id, command_id)
    if cached:
        return cached
    stored = await reached(facade.queries.get(order_id))
    entry = stored.entry_of(command_id) if stored else None
    if entry:
        return encode_outcome(entry.outcome)
    return PENDING if PENDING in (seen, cached) else None


async def look_up(facade: Facade, order_id: str, command_id: str, fingerprint: str) -> Outcome | None:
    """The outcome of exactly this command, where it can be found.

    A rejection that no order remembers may be an earlier one, of before the order was created: it does not count.
    """
    # ValueError: an outcome that a later version wrote and this one cannot read.
    with suppress(RefusedError, TimeoutError, ValueError):
        async with asyncio.timeout(LOOK_SECONDS):
            found = await find_outcome(facade, order_id, command_id)
        outcome = decode_outcome(found) if found else None
        if outcome and outcome.fingerprint == fingerprint and outcome.version is not None:
            return outcome
    return None
