"""On whose behalf a request is made, and what that one may do."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """A kind of operation that a principal may be allowed. None includes another.

    `ADMIN` is about everybody's records, so it allows nothing to a principal that is bound to a client.
    """

    READ = "orders:read"
    WRITE = "orders:write"
    CORRECT = "orders:correct"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """`name` sets its idempotency keys and its rate apart; with a `client_id` it has that client's orders only."""

    name: str
    scopes: frozenset[Scope]
    client_id: str | None = None

    def owns(self, client_id: str) -> bool:
        """Whether it may see and change orders of this client."""
        return self.client_id in (None, client_id)


ANYONE = Principal(name="", scopes=frozenset(Scope))
"""Who asks where nobody has to say who they are."""

NOBODY = Principal(name="", scopes=frozenset())
"""Who asks for what is open to all."""
