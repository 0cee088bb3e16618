"""All orders in MongoDB, one after the other, for whoever checks them."""

from collections.abc import AsyncIterator

from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.adapters.mongo_documents import UnreadableOrderError, stored_order
from orderflow.adapters.mongo_values import Document
from orderflow.domain.stored import StoredOrder
from orderflow.verification.order_rows import UnreadableOrder
from orderflow.verification.storable import is_number

_BATCH = 200
_LIGHT_BATCH = 2_000


class MongoOrderAudit:
    """In the order of the collection: a sort would have to hold it whole. Each order is as a majority has it."""

    def __init__(self, connection: MongoConnection) -> None:
        self._orders = connection.orders

    async def orders(self) -> AsyncIterator[list[StoredOrder | UnreadableOrder]]:
        async for documents in self._batches(_BATCH, None):
            yield [_read(document) for document in documents]

    async def versions(self) -> AsyncIterator[list[tuple[str, int | None]]]:
        async for documents in self._batches(_LIGHT_BATCH, {"version": True}):
            yield [(str(document["_id"]), _version(document)) for document in documents]

    async def estimate(self) -> int:
        return await self._orders.estimated_document_count()

    async def _batches(self, size: int, fields: Document | None) -> AsyncIterator[list[Document]]:
        cursor = self._orders.find({}, fields, batch_size=size)
        try:
            while found := await cursor.to_list(size):
                yield found
        finally:
            await cursor.close()


def _read(document: Document) -> StoredOrder | UnreadableOrder:
    try:
        return stored_order(document)
    except (UnreadableOrderError, ArithmeticError, LookupError) as error:
        reason = error.__cause__ or error
        return UnreadableOrder(str(document["_id"]), f"{type(reason).__name__}: {reason}")


def _version(document: Document) -> int | None:
    version = document.get("version")
    return version if is_number(version) else None
