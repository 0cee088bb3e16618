"""Whose credentials these are: from memory where they were checked a moment ago, else checked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from orderflow.access import api_keys, tokens
from orderflow.access.api_keys import PREFIX, digest_of
from orderflow.access.errors import CredentialsRefusedError, CredentialsUncheckedError
from orderflow.access.ports import ApiKeyStore, KeySource
from orderflow.access.principal import Principal
from orderflow.access.remembered import Remembered
from orderflow.access.tokens import TokenRules

KEY_SECONDS = 10.0
"""After so long a revocation has taken effect."""
TOKEN_SECONDS = 60.0
"""After so long a token whose key was withdrawn is checked again."""
OUTAGE_SECONDS = 300.0
"""How long keys that are known go on without anybody to check them."""
_SIZE, _REFUSALS = 10_000, 1_000

Moment = float


@dataclass(frozen=True, slots=True)
class _Known:
    """`until` it is taken as it is, and `at_worst` as long as nobody can check it."""

    principal: Principal
    until: Moment
    at_worst: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticator:
    """`fixed` are credentials that always hold, by digest. `monotonic` and `time` are clocks, in seconds."""

    store: ApiKeyStore
    sources: Sequence[KeySource]
    rules: TokenRules
    fixed: Mapping[bytes, Principal]
    monotonic: Callable[[], Moment]
    time: Callable[[], float]
    _known: Remembered[_Known] = field(default_factory=lambda: Remembered(_SIZE))
    _refused: Remembered[tuple[str, Moment]] = field(default_factory=lambda: Remembered(_REFUSALS))

    def remembered(self, credential: str) -> Principal | None:
        """Whose they are, if that is known without asking anybody."""
        digest = digest_of(credential)
        known = self._known.get(digest)
        if known and self.monotonic() < known.until:
            return known.principal
        return self.fixed.get(digest)

    def has_known(self, credential: str) -> bool:
        """Whether they were valid when they were last checked, however long ago."""
        return self._known.get(digest_of(credential)) is not None

    async def principal(self, credential: str) -> Principal:
        """Raises CredentialsRefusedError or CredentialsUncheckedError."""
        digest, now = digest_of(credential), self.monotonic()
        refused = self._refused.get(digest)
        if refused and now < refused[1]:
            raise CredentialsRefusedError(refused[0])
        try:
            known = await self._checked(credential, digest, now)
        except CredentialsRefusedError as refusal:
            self._known.drop(digest)
            self._refused.put(digest, (str(refusal), now + KEY_SECONDS))
            raise
        self._known.put(digest, known)
        return known.principal

    async def _checked(self, credential: str, digest: bytes, now: Moment) -> _Known:
        if credential.startswith(PREFIX):
            return await self._of_key(credential, digest, now)
        if "." in credential and self.sources:
            return await self._of_token(credential, now)
        raise CredentialsRefusedError("These are no credentials that are taken here")

    async def _of_key(self, key: str, digest: bytes, now: Moment) -> _Known:
        try:
            kept = await self.store.find(api_keys.key_id_of(key))
        except CredentialsUncheckedError:
            known = self._known.get(digest)
            if known and now < known.at_worst:
                return known
            raise
        if kept is None:
            raise api_keys.unknown_key()
        kept.check(digest)
        return _Known(kept.principal, now + KEY_SECONDS, now + OUTAGE_SECONDS)

    async def _of_token(self, token: str, now: Moment) -> _Known:
        key_id = tokens.key_id_of(token)
        keys = [key for source in self.sources for key in await source.keys(key_id)]
        verified = tokens.verify(token, keys, self.rules)
        until = now + min(TOKEN_SECONDS, verified.expires_at + tokens.LEEWAY_SECONDS - self.time())
        return _Known(verified.principal, until, until)
