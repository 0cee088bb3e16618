"""A JSON Web Key Set from a file or a URL: read when it is needed, kept while it cannot be had."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout
from jwt import PyJWK

from orderflow.access.errors import CredentialsUncheckedError
from orderflow.access.token_keys import key_set

log = logging.getLogger(__name__)

FRESH_SECONDS = 300.0
"""After so long a key that was withdrawn is not taken any more."""
PAUSE_SECONDS = 10.0
"""Between two looks, whatever keys tokens name."""
_FETCH_SECONDS = 5.0
_MAX_BYTES = 2**20

Read = Callable[[], Awaitable[bytes]]


class KeySet:
    """KeySource. The last set that could be read counts as long as no other can.

    Only who names a key that is not known waits for a look.
    """

    def __init__(self, read: Read, monotonic: Callable[[], float]) -> None:
        self._read = read
        self._monotonic = monotonic
        self._keys: Sequence[PyJWK] = ()
        self._read_at = self._looked_at = float("-inf")
        self._looking: asyncio.Task[None] | None = None

    async def keys(self, key_id: str | None) -> Sequence[PyJWK]:
        if self._monotonic() - self._looked_at >= PAUSE_SECONDS and not (self._knows(key_id) and self._is_fresh()):
            self._looked_at = self._monotonic()
            self._looking = asyncio.create_task(self._look())
        if self._looking and not self._knows(key_id):
            await asyncio.shield(self._looking)
        if not self._keys:
            raise CredentialsUncheckedError("The set of keys for tokens")
        return self._keys

    def _knows(self, key_id: str | None) -> bool:
        """An unknown key may be a new one."""
        return any(key_id in (None, key.key_id) for key in self._keys)

    def _is_fresh(self) -> bool:
        return self._monotonic() - self._read_at < FRESH_SECONDS

    async def _look(self) -> None:
        try:
            self._keys = key_set(await self._read())
            self._read_at = self._monotonic()
        except Exception as error:  # noqa: BLE001 - whatever keeps it from being read, the last one counts
            log.warning("the key set of ORDERFLOW_JWT_JWKS cannot be read: %s: %s", type(error).__name__, error)


def file(path: Path) -> Read:
    async def read() -> bytes:
        return await asyncio.to_thread(path.read_bytes)

    return read


def url(address: str) -> Read:
    """Follows no redirection: whom the keys come from is the operator's to say."""

    async def read() -> bytes:
        timeout = ClientTimeout(total=_FETCH_SECONDS)
        async with ClientSession(timeout=timeout) as client, client.get(address, allow_redirects=False) as answer:
            body = b""
            async for some in answer.content.iter_any():
                body += some
                if len(body) > _MAX_BYTES:
                    raise ValueError(f"it is larger than {_MAX_BYTES} bytes")
            if answer.status != 200:  # noqa: PLR2004 - HTTP's OK
                raise ValueError(f"the answer is {answer.status}")
            return body

    return read
