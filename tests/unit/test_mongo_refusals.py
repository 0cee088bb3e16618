"""What MongoOrderStore makes of a driver's errors that no healthy server gives."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from pymongo.errors import BulkWriteError

from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.adapters.mongo_orders import MongoOrderStore, UnknownResultError
from orderflow.ports import Conflict
from tests.builders import stored_order

DUPLICATE = {"index": 0, "code": 11000, "errmsg": "E11000", "op": {"_id": "ord_1", "client_id": "a secret"}}
TOO_BUSY = {"index": 0, "code": 262, "errmsg": "ExceededTimeLimit", "op": {"client_id": "a secret"}}
NOT_REPLICATED = {"code": 64, "errmsg": "waiting for replication timed out"}


def store_that_answers(error: Exception) -> MongoOrderStore:
    async def bulk_write(*_: Any, **__: Any) -> None:  # noqa: ANN401
        raise error

    return MongoOrderStore(cast("MongoConnection", SimpleNamespace(orders=SimpleNamespace(bulk_write=bulk_write))))


def bulk_error(writes: list[dict[str, Any]], concern: list[dict[str, Any]]) -> BulkWriteError:
    return BulkWriteError({"writeErrors": writes, "writeConcernErrors": concern})


async def test_a_duplicate_alone_is_a_conflict() -> None:
    store = store_that_answers(bulk_error([DUPLICATE], []))
    assert await store.save([store.encode(stored_order())]) == Conflict()


@pytest.mark.parametrize(
    "error",
    [
        bulk_error([], [NOT_REPLICATED]),
        bulk_error([DUPLICATE], [NOT_REPLICATED]),
        bulk_error([TOO_BUSY], []),
        bulk_error([DUPLICATE, TOO_BUSY], []),
        bulk_error([], []),
    ],
)
async def test_any_other_refusal_raises_and_tells_no_customers_data(error: BulkWriteError) -> None:
    store = store_that_answers(error)
    with pytest.raises(UnknownResultError) as raised:
        await store.save([store.encode(stored_order())])
    assert "secret" not in str(raised.value)


async def test_a_lost_reply_raises() -> None:
    store = store_that_answers(TimeoutError())
    with pytest.raises(TimeoutError):
        await store.save([store.encode(stored_order())])
