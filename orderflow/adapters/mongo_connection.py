"""The way to MongoDB: a client that reads and writes with a majority, the orders' collection and its indexes."""

from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection
from pydantic import SecretStr
from pymongo import ASCENDING, IndexModel, ReadPreference, timeout
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from orderflow.adapters.mongo_documents import OPTIONS

_REACH_MS = 3_000
_CALL_MS = 10_000

_INDEXES = [
    IndexModel([("client_id", ASCENDING), ("created_at", ASCENDING), ("_id", ASCENDING)]),
    IndexModel([("state", ASCENDING), ("created_at", ASCENDING), ("_id", ASCENDING)]),
    # Not a sparse one: every order has a client, so orders without a reference would collide.
    IndexModel(
        [("client_id", ASCENDING), ("external_ref", ASCENDING)],
        unique=True,
        partialFilterExpression={"external_ref": {"$type": "string"}},
    ),
]


class MongoConnection:
    """One client and its pool. Every call ends within ten seconds; what was acknowledged survives a failover."""

    def __init__(self, url: SecretStr, database: str) -> None:
        # A lost reply is the caller's to resolve by loading again, so the driver repeats no write.
        self._client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(
            url.get_secret_value(),
            appname="orderflow",
            connectTimeoutMS=_REACH_MS,
            serverSelectionTimeoutMS=_REACH_MS,
            timeoutMS=_CALL_MS,
            retryWrites=False,
        )
        self.orders: AsyncIOMotorCollection[Any] = self._client[database].get_collection(
            "orders",
            codec_options=OPTIONS,
            read_preference=ReadPreference.PRIMARY,
            read_concern=ReadConcern("majority"),
            write_concern=WriteConcern("majority", j=True),
        )

    async def ensure_indexes(self) -> None:
        """Create what is missing, however long that takes on a large collection."""
        with timeout(None):
            await self.orders.create_indexes(_INDEXES)

    async def ping(self) -> None:
        await self._client.admin.command("ping")

    async def close(self) -> None:
        self._client.close()
