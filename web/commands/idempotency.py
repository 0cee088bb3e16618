"""A command under an `Idempotency-Key`: what is known of one sent under the same key, before it is sent again."""

from orderflow.domain.commands import Command
from orderflow.domain.outcome import Outcome
from orderflow.domain.problems import command_id_reused
from orderflow.ports import Pending
from orderflow.wire.problems import idempotency_in_progress
from orderflow.wire.representations import command_link
from web.commands.lookup import Found, cached_outcome, look_up, readable
from web.facade import Facade
from web.http.refusals import RETRY_AFTER, RefusedError, known_as

REPEAT_PROBLEMS = ("command-id-reused", "idempotency-in-progress")
"""What a write may be refused for because of its key."""


async def recall(
    facade: Facade, command: Command, fingerprint: str, seen: Found, *, waits: bool
) -> Outcome | Pending | None:
    """The outcome that its order remembers, or that it is under way; None where sending it is how to find out.

    A rejection that no order remembers is decided afresh. `seen` is what this process knew when the request came.
    Raises RefusedError for another body, and for a command under way whose client does not wait.
    """
    known = readable(seen or await cached_outcome(facade, command.order_id, command.command_id))
    if known is None or known.fingerprint is None:
        return None
    order_id, command_id = command.order_id, command.command_id
    link = command_link(order_id, command_id)
    if known.fingerprint != fingerprint:
        raise RefusedError(known_as(command_id_reused(command_id), order_id=order_id, links={"command": link}))
    if isinstance(known, Outcome):
        return known if known.is_lasting else None
    if waits:
        return known
    missed = await look_up(facade, order_id, command_id, fingerprint)
    if missed is None:
        problem = idempotency_in_progress(order_id=order_id, command_id=command_id, links={"command": link})
        raise RefusedError(problem, RETRY_AFTER)
    return missed
