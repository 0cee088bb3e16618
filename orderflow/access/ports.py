"""What admission needs of the world; each has an in-memory twin in `adapters`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from jwt import PyJWK

from orderflow.access.api_keys import ApiKey


class ApiKeyStore(Protocol):
    """Where API keys are kept, as who checks them reads it."""

    async def find(self, key_id: str) -> ApiKey | None:
        """Raises CredentialsUncheckedError."""


class ApiKeyBook(Protocol):
    """The same, as an operator keeps it. Any exception means that it cannot be reached."""

    async def add(self, key: ApiKey) -> None: ...

    async def all(self) -> list[ApiKey]:
        """The oldest first."""

    async def revoke(self, key_id: str, at: datetime) -> ApiKey | None:
        """The key as it is now: revoked then, or before. None where there is no such key."""


class KeySource(Protocol):
    """Where the keys come from that tokens are verified with."""

    async def keys(self, key_id: str | None) -> Sequence[PyJWK]:
        """All that there are; looks again where none is called so. Raises CredentialsUncheckedError."""


class RateLimiter(Protocol):
    """How often each principal may ask, over all facades."""

    async def take(self, name: str) -> float:
        """Seconds to wait; 0 for who may go on. It never raises: a limiter that is away lets everybody go on."""

    async def owe(self, name: str, times: int) -> None:
        """Whoever went on did as much as that many requests more: the next ones wait for them. It never raises."""
