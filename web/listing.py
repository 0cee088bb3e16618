"""Pages of orders, newest first: cached under the generations of the client and the states they show."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace

import orjson

from orderflow.ports import CacheUnavailableError, ListQuery
from orderflow.wire.representations import encode_list, encode_order
from web.cursors import encode_cursor
from web.facade import Facade
from web.reading import Cache, reached


@dataclass(frozen=True, slots=True)
class Page:
    """An encoded page."""

    body: bytes
    cache: Cache

    @property
    def next_cursor(self) -> str | None:
        """Where the next page begins; the body ends with it, so nothing else has to be parsed."""
        cursor: str | None = orjson.loads(self.body.rpartition(b'"next_cursor":')[2][:-1])
        return cursor


async def read_page(facade: Facade, query: ListQuery) -> Page:
    with suppress(CacheUnavailableError):
        key = await _key(facade, query)
        if key is not None:
            return await _cached_page(facade, query, key)
    return Page(await _stored_page(facade, query), Cache.BYPASS)


async def _cached_page(facade: Facade, query: ListQuery, key: str) -> Page:
    cached = await facade.orders.page(key)
    if cached:
        return Page(cached, Cache.HIT)
    return Page(await facade.flights.get(key, lambda: _kept_page(facade, query, key)), Cache.MISS)


async def _key(facade: Facade, query: ListQuery) -> str | None:
    """None for a page that is not cached. Read before the database is: a write in between makes the page unfindable."""
    clients = [query.client_id] if query.client_id else []
    if not (clients or query.states) or facade.board.bypasses_lists:
        return None
    generations = await facade.orders.generations(clients, query.states)
    return hashlib.sha256("\n".join((repr(query), *generations)).encode()).hexdigest()


async def _kept_page(facade: Facade, query: ListQuery, key: str) -> bytes:
    body = await _stored_page(facade, query)
    with suppress(CacheUnavailableError):
        await facade.orders.fill_page(key, body)
    return body


async def _stored_page(facade: Facade, query: ListQuery) -> bytes:
    found = await reached(facade.queries.find(replace(query, limit=query.limit + 1)))
    orders = found[: query.limit]
    following = encode_cursor((orders[-1].created_at, orders[-1].order_id)) if len(found) > query.limit else None
    return encode_list([encode_order(order, facade.lifecycle) for order in orders], following)
