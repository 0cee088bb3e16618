"""API keys in MongoDB, one document each under the id that stands in the key."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from orderflow.access.api_keys import ApiKey
from orderflow.access.errors import CredentialsUncheckedError
from orderflow.access.principal import Scope
from orderflow.adapters.circuit_breaker import CircuitBreaker
from orderflow.adapters.mongo_connection import MongoConnection

FIND_SECONDS = 2.0
PAUSE_SECONDS = 2.0


class MongoApiKeys:
    """ApiKeyStore and ApiKeyBook. While the database is away one look-up in two seconds waits for it."""

    def __init__(self, connection: MongoConnection, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._keys = connection.api_keys
        self._breaker = CircuitBreaker(PAUSE_SECONDS, monotonic)

    async def find(self, key_id: str) -> ApiKey | None:
        try:
            with self._breaker.call():
                async with asyncio.timeout(FIND_SECONDS):
                    document = await self._keys.find_one({"_id": key_id})
                return _key(document) if document else None
        except Exception as error:
            raise CredentialsUncheckedError("The database of keys") from error

    async def add(self, key: ApiKey) -> None:
        await self._keys.insert_one(_document(key))

    async def all(self) -> list[ApiKey]:
        documents = await self._keys.find({}).to_list(None)
        return sorted(map(_key, documents), key=lambda key: (key.created_at, key.key_id))

    async def revoke(self, key_id: str, at: datetime) -> ApiKey | None:
        await self._keys.update_one({"_id": key_id, "revoked_at": None}, {"$set": {"revoked_at": at}})
        document = await self._keys.find_one({"_id": key_id})
        return _key(document) if document else None


def _document(key: ApiKey) -> dict[str, Any]:
    return {
        "_id": key.key_id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "client_id": key.client_id,
        "digest": key.digest,
        "created_at": key.created_at,
        "revoked_at": key.revoked_at,
    }


def _key(document: dict[str, Any]) -> ApiKey:
    """A scope that a later version gave and this one does not know allows nothing."""
    return ApiKey(
        key_id=document["_id"],
        name=document["name"],
        scopes=frozenset(scope for scope in Scope if scope.value in document["scopes"]),
        client_id=document["client_id"],
        digest=bytes(document["digest"]),
        created_at=document["created_at"],
        revoked_at=document["revoked_at"],
    )
