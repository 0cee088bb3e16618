"""Pages of orders: cached under the generations of the client and the states they show."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace

import orjson

from orderflow.domain.listing import ListQuery, Total
from orderflow.domain.order import Order
from orderflow.ports import CacheUnavailableError
from orderflow.wire.list_json import encode_list, picked
from orderflow.wire.problems import bad_query
from orderflow.wire.representations import encode_order
from web.facade import Facade
from web.http.preconditions import etag
from web.http.refusals import RefusedError
from web.lists.cursors import encode_cursor
from web.lists.query import SORT, ListRequest
from web.orders.reading import Cache, reached

COUNTED = 10_000
"""An estimate of a list's length looks no further."""
SORTED = 5_000
"""No index has orders by their last change, so all of a client's are looked at for each page: not more than these."""


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

    @property
    def etag(self) -> str:
        """Strong: other bytes have another one. Generations would not do, one may have missed a change."""
        return etag(hashlib.sha256(self.body).hexdigest()[:32])


async def read_page(facade: Facade, asked: ListRequest) -> Page:
    page = await _page(facade, asked)
    facade.metrics.read("list", page.cache)
    return page


async def _page(facade: Facade, asked: ListRequest) -> Page:
    with suppress(CacheUnavailableError):
        key = await _key(facade, asked)
        if key is not None:
            return await _cached_page(facade, asked, key)
    return Page(await _stored_page(facade, asked), Cache.BYPASS)


async def _cached_page(facade: Facade, asked: ListRequest, key: str) -> Page:
    cached = await facade.orders.page(key)
    if cached:
        return Page(cached, Cache.HIT)
    return Page(await facade.flights.get(key, lambda: _kept_page(facade, asked, key)), Cache.MISS)


async def _key(facade: Facade, asked: ListRequest) -> str | None:
    """None for a page that is not cached. Read before the database is: a write in between makes the page unfindable."""
    query = asked.query
    clients = [query.client_id] if query.client_id else []
    if not (clients or query.states) or facade.board.bypasses_lists:
        return None
    generations = await facade.orders.generations(clients, query.states)
    return hashlib.sha256("\n".join((repr(asked), *generations)).encode()).hexdigest()


async def _kept_page(facade: Facade, asked: ListRequest, key: str) -> bytes:
    body = await _stored_page(facade, asked)
    with suppress(CacheUnavailableError):
        await facade.orders.fill_page(key, body)
    return body


async def _stored_page(facade: Facade, asked: ListRequest) -> bytes:
    query = asked.query
    if query.sort.by_change:
        await _check_sortable(facade, query)
    found = await reached(facade.queries.find(replace(query, limit=query.limit + 1)))
    total = await reached(facade.queries.count(query, COUNTED)) if asked.counted else None
    orders = found[: query.limit]
    following = encode_cursor(query, query.sort.position(orders[-1])) if len(found) > query.limit else None
    return encode_list([_shown(facade, asked, order) for order in orders], following, total)


async def _check_sortable(facade: Facade, query: ListQuery) -> None:
    whole = replace(query, states=(), external_ref=None)
    total: Total = await reached(facade.queries.count(whole, SORTED))
    if not total.exact:
        detail = f"sorts at most {SORTED} orders by updated_at: narrow created_after and created_before"
        raise RefusedError(bad_query([{"parameter": SORT.name, "detail": detail}]))


def _shown(facade: Facade, asked: ListRequest, order: Order) -> bytes:
    whole = encode_order(order, facade.lifecycle)
    return picked(whole, asked.fields) if asked.fields else whole
