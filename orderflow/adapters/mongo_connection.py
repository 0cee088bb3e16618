"""The way to MongoDB: a client that reads and writes with a majority, its collections and their indexes."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorClientSession, AsyncIOMotorCollection
from pydantic import SecretStr
from pymongo import ASCENDING, IndexModel, ReadPreference, timeout
from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from orderflow.adapters.mongo_documents import OPTIONS
from orderflow.adapters.server_urls import url_refusals_told

_REACH_MS = 3_000
_REPLY_MS = 10_000
_BUILD_SECONDS = 3_600
_AUTHENTICATION_FAILED = 18
_NO_TRANSACTIONS = 20
"""IllegalOperation: what a MongoDB without a replica set says."""

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


class LoginRefusedError(Exception):
    """The server does not accept user and password of the URL; the message is the server's, without either."""


class MongoConnection:
    """One client and its pool. A server that is away is noticed in 3 seconds, one that is silent in 10.

    What it acknowledges survives a failover, and what it reads has done so. Raises UnusableUrlError.
    """

    def __init__(self, url: SecretStr, database: str) -> None:
        self._client = _client(url)
        self._database = self._client.get_database(
            database,
            codec_options=OPTIONS,
            read_preference=ReadPreference.PRIMARY,
            read_concern=ReadConcern("majority"),
            write_concern=WriteConcern("majority", j=True),
        )
        self.orders: AsyncIOMotorCollection[Any] = self._database["orders"]
        self.api_keys: AsyncIOMotorCollection[Any] = self._database["api_keys"]
        self._has_snapshots: bool | None = None
        self._endings: set[asyncio.Future[None]] = set()

    async def ensure_indexes(self) -> None:
        """Create what is missing, however long that takes on a large collection."""
        await self.ping()
        with timeout(_BUILD_SECONDS):
            await self.orders.create_indexes(_INDEXES)

    async def missing_indexes(self) -> list[str]:
        """Those of ours that are not there just so, by their fields; all of them where the collection is missing."""
        existing = [_kind(index) for index in (await self.orders.index_information()).values()]
        return [_told(index.document) for index in _INDEXES if _kind(index.document) not in existing]

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncIOMotorClientSession | None]:
        """A session whose reads, one after the other, all show one moment; None where the server has no such thing."""
        if self._has_snapshots is None:
            self._has_snapshots = await self._offers_snapshots()
        if not self._has_snapshots:
            yield None
            return
        async with self._reading() as session:
            yield session

    async def _offers_snapshots(self) -> bool:
        try:
            async with self._reading() as session:
                await self.orders.find_one({"_id": ""}, session=session)
        except OperationFailure as error:
            if error.code != _NO_TRANSACTIONS:
                raise
            return False
        return True

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncIOMotorClientSession]:
        session = await self._client.start_session()
        session.start_transaction(ReadConcern("snapshot"))
        try:
            yield session
        finally:
            # Nothing was written, so nobody has to wait for the end; a silent server would keep who gives up for long.
            ending = asyncio.ensure_future(session.end_session())
            self._endings.add(ending)
            ending.add_done_callback(self._endings.discard)

    async def ping(self) -> None:
        """Raises LoginRefusedError where the server does not know the user of the URL."""
        with _refusals_told():
            await self._client.admin.command("ping")

    async def close(self) -> None:
        self._client.close()
        for ending in self._endings:
            ending.cancel()


def _kind(index: Mapping[str, Any]) -> tuple[list[str], bool, object]:
    """What makes one index as good as another."""
    return list(dict(index["key"])), bool(index.get("unique")), index.get("partialFilterExpression")


def _told(index: Mapping[str, Any]) -> str:
    return f"{', '.join(index['key'])}{' (unique)' if index.get('unique') else ''}"


def _client(url: SecretStr) -> AsyncIOMotorClient[Any]:
    # A lost reply is the caller's to resolve by loading again, so the driver repeats no write.
    with url_refusals_told(), warnings.catch_warnings():
        # Of tls=yes the driver would only warn, and then speak in the clear.
        warnings.simplefilter("error", UserWarning)
        return AsyncIOMotorClient(
            url.get_secret_value(),
            appname="orderflow",
            connectTimeoutMS=_REACH_MS,
            serverSelectionTimeoutMS=_REACH_MS,
            waitQueueTimeoutMS=_REACH_MS,
            # Not timeoutMS, which would also stretch the search for a server that is away.
            socketTimeoutMS=_REPLY_MS,
            retryWrites=False,
        )


@contextmanager
def _refusals_told() -> Iterator[None]:
    try:
        yield
    except OperationFailure as error:
        if error.code != _AUTHENTICATION_FAILED:
            raise
        raise LoginRefusedError(f"{error.details and error.details.get('errmsg')}") from error
