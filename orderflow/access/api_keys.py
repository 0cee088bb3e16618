"""API keys: what is handed out, and what is kept of it."""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from orderflow.access.errors import CredentialsRefusedError
from orderflow.access.principal import Principal, Scope
from orderflow.wire.opaque import encode_opaque

PREFIX = "ofk_"
_KEY = re.compile(rf"{PREFIX}([0-9a-f]{{16}})_[A-Za-z0-9_-]{{43}}")
_ID_BYTES, _SECRET_BYTES = 8, 32
MAX_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as it is kept: without the key.

    Keys of one name are one principal, so that one may take over from another. `digest` is a SHA-256: there are 2**256
    keys, so nobody tries them out, however fast that is. Slow hashes are for what people choose.
    """

    key_id: str
    name: str
    scopes: frozenset[Scope]
    client_id: str | None
    digest: bytes
    created_at: datetime
    revoked_at: datetime | None = None

    @property
    def principal(self) -> Principal:
        return Principal(name=f"key:{self.name}", scopes=self.scopes, client_id=self.client_id)

    def check(self, digest: bytes) -> None:
        """Raises CredentialsRefusedError unless it is this key's, and in force."""
        if not hmac.compare_digest(self.digest, digest):
            raise unknown_key()
        if self.revoked_at:
            raise CredentialsRefusedError("The API key has been revoked")


def new_key(
    *, name: str, scopes: frozenset[Scope], client_id: str | None, now: datetime, random: Callable[[int], bytes]
) -> tuple[str, ApiKey]:
    """The key, which is never seen again, and what is kept of it."""
    key_id, secret = random(_ID_BYTES).hex(), encode_opaque(random(_SECRET_BYTES))
    key = f"{PREFIX}{key_id}_{secret}"
    kept = ApiKey(key_id=key_id, name=name, scopes=scopes, client_id=client_id, digest=digest_of(key), created_at=now)
    return key, kept


def digest_of(credential: str) -> bytes:
    return hashlib.sha256(credential.encode(errors="surrogateescape")).digest()


def key_id_of(key: str) -> str:
    """Under which it is kept. Raises CredentialsRefusedError."""
    found = _KEY.fullmatch(key)
    if not found:
        raise unknown_key()
    return found[1]


def unknown_key() -> CredentialsRefusedError:
    return CredentialsRefusedError("The API key is not known")


def is_name(name: str) -> bool:
    return 0 < len(name) <= MAX_NAME and name.isprintable()
