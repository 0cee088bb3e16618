"""One order: from the cache while it shows the newest version heard of, else from MongoDB."""

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from orderflow.domain import problems
from orderflow.domain.limits import has_id_characters
from orderflow.domain.stored import StoredOrder
from orderflow.ports import CachedOrder, CacheUnavailableError
from orderflow.wire.problems import unavailable
from orderflow.wire.representations import encode_order
from web.facade import Facade
from web.http.refusals import RETRY_AFTER, RefusedError, printable

log = logging.getLogger(__name__)

READ_SECONDS = 5.0

T = TypeVar("T")


class Cache(StrEnum):
    """What `X-Cache` says of a read."""

    HIT = "HIT"
    MISS = "MISS"
    BYPASS = "BYPASS"

    @property
    def header(self) -> dict[str, str]:
        return {"X-Cache": self}


@dataclass(frozen=True, slots=True)
class Shown:
    """An order as answers show it."""

    order: CachedOrder
    cache: Cache


async def read_order(facade: Facade, order_id: str) -> Shown:
    """Never older than an outcome that this process has seen."""
    cached, cache = await _cached(facade, valid_order_id(order_id))
    facade.metrics.read("order", cache)
    if cached:
        return Shown(cached, cache)
    stored = await read_stored(facade, order_id)
    order = stored.order
    found = CachedOrder(order_id=order_id, version=order.version, body=encode_order(order, facade.lifecycle))
    if cache is Cache.MISS:
        with suppress(CacheUnavailableError):
            await facade.orders.fill(found)
    return Shown(found, cache)


async def read_stored(facade: Facade, order_id: str) -> StoredOrder:
    """The order with its history, from MongoDB."""
    stored = await reached(facade.queries.get(valid_order_id(order_id)))
    if stored is None:
        raise RefusedError(problems.order_not_found(order_id))
    return stored


async def reached(answer: Awaitable[T]) -> T:
    """What the database answers; 503 where it does not, or takes longer than a client should be kept."""
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await answer
    except Exception as error:
        log.warning("MongoDB does not answer: %r", error)
        raise RefusedError(unavailable("The database"), RETRY_AFTER) from error


def valid_order_id(order_id: str) -> str:
    if not has_id_characters(order_id):
        raise RefusedError(problems.order_not_found(printable(order_id)))
    return order_id


async def _cached(facade: Facade, order_id: str) -> tuple[CachedOrder | None, Cache]:
    if facade.board.bypasses(order_id):
        return None, Cache.BYPASS
    try:
        cached = await facade.orders.order(order_id)
    except CacheUnavailableError:
        return None, Cache.BYPASS
    if cached and cached.version >= facade.board.newest_version(order_id):
        return cached, Cache.HIT
    return None, Cache.MISS
