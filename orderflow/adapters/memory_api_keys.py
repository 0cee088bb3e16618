"""API keys in memory: the twin of the collection in MongoDB."""

from dataclasses import replace
from datetime import datetime

from orderflow.access.api_keys import ApiKey
from orderflow.access.errors import CredentialsUncheckedError


class InMemoryApiKeys:
    """ApiKeyStore and ApiKeyBook; while `away` it behaves as a database that does not answer."""

    def __init__(self) -> None:
        self.away = False
        self._keys: dict[str, ApiKey] = {}

    async def find(self, key_id: str) -> ApiKey | None:
        if self.away:
            raise CredentialsUncheckedError("The database of keys")
        return self._keys.get(key_id)

    async def add(self, key: ApiKey) -> None:
        self._keys[key.key_id] = key

    async def all(self) -> list[ApiKey]:
        return sorted(self._keys.values(), key=lambda key: (key.created_at, key.key_id))

    async def revoke(self, key_id: str, at: datetime) -> ApiKey | None:
        key = self._keys.get(key_id)
        if key and key.revoked_at is None:
            self._keys[key_id] = replace(key, revoked_at=at)
        return self._keys.get(key_id)
