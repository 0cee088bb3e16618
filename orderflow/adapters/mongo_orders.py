"""Orders in MongoDB, as the worker loads and saves them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

from bson.raw_bson import RawBSONDocument
from pymongo import InsertOne, ReplaceOne
from pymongo.errors import BulkWriteError

from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.adapters.mongo_documents import stored_order, write_of
from orderflow.domain.stored import StoredOrder
from orderflow.ports import Conflict, ExternalRef, Saved, Write

_ASKED_AT_ONCE = 100
"""SecantusDB compares every document found with every value asked for: 500 take 255 ms at once, 80 ms in hundreds."""
_DUPLICATE_KEY = 11_000


class UnknownResultError(Exception):
    """A bulk write failed, and which of its writes took effect is unknown."""


class MongoOrderStore:
    """The system of record as the worker uses it; see OrderStore."""

    def __init__(self, connection: MongoConnection) -> None:
        self._orders = connection.orders

    def encode(self, stored: StoredOrder) -> Write:
        return write_of(stored)

    async def load(self, order_ids: Collection[str]) -> dict[str, StoredOrder]:
        found: dict[str, StoredOrder] = {}
        for some in _portions(order_ids):
            documents = await self._orders.find({"_id": {"$in": some}}).to_list(len(some))
            found |= {document["_id"]: stored_order(document) for document in documents}
        return found

    async def save(self, writes: Sequence[Write]) -> Saved | Conflict:
        if not writes:
            return Saved()
        try:
            result = await self._orders.bulk_write([_operation(write) for write in writes], ordered=False)
        except BulkWriteError as error:
            return Conflict(await self._holders(_duplicates(writes, error)))
        # A guard that failed shows only in the total.
        return Saved() if result.inserted_count + result.matched_count == len(writes) else Conflict()

    async def _holders(self, duplicates: Iterable[Write]) -> dict[ExternalRef, str]:
        """Which other orders have the references of these writes."""
        wanted = {write.external_ref: write.order_id for write in duplicates if write.external_ref}
        references: dict[str, list[str]] = defaultdict(list)
        for client_id, external_ref in wanted:
            references[client_id].append(external_ref)
        holders: dict[ExternalRef, str] = {}
        for client_id, of_client in references.items():
            for some in _portions(of_client):
                holders |= await self._holders_of_client(client_id, some)
        return {reference: holder for reference, holder in holders.items() if holder != wanted[reference]}

    async def _holders_of_client(self, client_id: str, references: list[str]) -> dict[ExternalRef, str]:
        # MongoDB uses a partial index only where the query repeats its filter.
        having = {"client_id": client_id, "external_ref": {"$in": references, "$type": "string"}}
        found = self._orders.find(having, {"external_ref": True})
        return {(client_id, document["external_ref"]): document["_id"] async for document in found}


def _operation(write: Write) -> InsertOne[RawBSONDocument] | ReplaceOne[RawBSONDocument]:
    document = RawBSONDocument(write.document)
    if write.revision == 1:
        return InsertOne(document)
    return ReplaceOne({"_id": write.order_id, "revision": write.revision - 1}, document)


def _duplicates(writes: Sequence[Write], error: BulkWriteError) -> list[Write]:
    """The writes that met a duplicate key. Raises UnknownResultError if anything else went wrong."""
    errors = error.details["writeErrors"]
    others = [*error.details["writeConcernErrors"], *(each for each in errors if each["code"] != _DUPLICATE_KEY)]
    if others or not errors:
        # The driver's message holds the documents, which belong into no log.
        codes = sorted({each["code"] for each in others})
        raise UnknownResultError(f"MongoDB refused {len(others)} of {len(writes)} writes, codes {codes}") from None
    return [writes[each["index"]] for each in errors]


def _portions(values: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(values)
    while some := list(islice(rest, _ASKED_AT_ONCE)):
        yield some
