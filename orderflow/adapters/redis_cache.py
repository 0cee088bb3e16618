"""The cache in Redis: orders, outcomes and list pages, none of them authoritative."""

import asyncio
import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import cast
from zlib import crc32

from redis.asyncio.cluster import RedisCluster

from orderflow.adapters.redis_connection import RedisConnection
from orderflow.adapters.redis_keys import RedisKeys
from orderflow.adapters.redis_script import Call, RedisScript
from orderflow.adapters.redis_slots import by_slot
from orderflow.adapters.redis_trips import RedisTrips
from orderflow.domain.lifecycle import State
from orderflow.ports import CachedOrder, CachedOutcome, Pending, Refresh

_SECOND = 1_000
_ORDER_TTL = 300 * _SECOND
_OUTCOME_TTL = 24 * 3_600 * _SECOND
_PAGE_TTL = 30 * _SECOND
_GENERATION_TTL = 3_600 * _SECOND
_PENDING = b"\t"
"""Ends the fingerprint of a pending command, which any outcome replaces; see redis_refresh.lua."""
_NOT_LASTING = b"\n"
"""Ends an outcome that a lasting one replaces; see redis_refresh.lua."""


class RedisCache:
    """CacheRefresher, OrderCache and OutcomeCache; `skipped` counts the refreshes that did not happen."""

    def __init__(
        self,
        connection: RedisConnection,
        prefix: str = "",
        *,
        new_generation: Callable[[], str] = lambda: uuid.uuid4().hex,
    ) -> None:
        self._connection = connection
        self._trips = RedisTrips(connection)
        self._keys = RedisKeys(prefix)
        self._new_generation = new_generation
        self._refresh = RedisScript.named("redis_refresh.lua")
        self._generations = RedisScript.named("redis_generations.lua")
        self.skipped = 0

    async def refresh(self, refresh: Refresh) -> bool:
        try:
            await self._write(refresh)
        except Exception:  # noqa: BLE001 - whatever the driver raises, a batch goes on without its cache
            self.skipped += 1
            return False
        return True

    async def order(self, order_id: str) -> CachedOrder | None:
        version, body = await self._trips.ask("HMGET", self._keys.order(order_id), "v", "d")
        return CachedOrder(order_id=order_id, version=int(version), body=body) if version and body else None

    async def fill(self, order: CachedOrder) -> None:
        await self._write(Refresh(orders=(order,)))

    async def generations(self, clients: Collection[str], states: Collection[State]) -> tuple[str, ...]:
        keys = self._keys.generations(clients, states)
        found: list[bytes | None] = await asyncio.gather(*(self._get(key) for key in keys))
        known = {key: generation for key, generation in zip(keys, found, strict=True) if generation is not None}
        missing = [key for key in keys if key not in known]
        if missing:
            known |= zip(missing, await self._made(missing), strict=True)
        return tuple(known[key].decode() for key in keys)

    async def page(self, key: str) -> bytes | None:
        return await self._get(self._keys.page(key))

    async def fill_page(self, key: str, body: bytes) -> None:
        await self._trips.ask("SET", self._keys.page(key), body, "PX", _PAGE_TTL)

    async def outcome(self, order_id: str, command_id: str) -> bytes | Pending | None:
        found = await self._get(self._keys.outcome(order_id, command_id))
        if found and found.endswith(_PENDING):
            return Pending(found.removesuffix(_PENDING).decode())
        return found and found.removesuffix(_NOT_LASTING)

    async def mark_pending(self, order_id: str, command_id: str, fingerprint: str) -> None:
        key = self._keys.outcome(order_id, command_id)
        await self._trips.ask("SET", key, fingerprint.encode() + _PENDING, "PX", _OUTCOME_TTL, "NX")

    async def ping(self) -> None:
        await self._trips.ask("EXISTS", self._keys.order("ping"))

    async def _get(self, key: str) -> bytes | None:
        return cast("bytes | None", await self._trips.ask("GET", key))

    async def _made(self, keys: list[str]) -> list[bytes]:
        """The generations of keys that had none a moment ago."""
        arguments: list[str | int] = [self._new_generation(), _GENERATION_TTL]
        async with self._connection.call() as redis:
            together = [[key] for key in keys] if isinstance(redis, RedisCluster) else [keys]
            made = await self._generations.run(redis, [Call(keys=some, arguments=arguments) for some in together])
        return [generation for some in made for generation in some]

    async def _write(self, refresh: Refresh) -> None:
        if refresh == Refresh():
            return
        async with self._connection.call() as redis:
            if not isinstance(redis, RedisCluster):
                await self._refresh.run(redis, [self._call(refresh)])
                return
            # Outcomes last, as on one server, where all is one: whoever finds one finds the order that it led to.
            for part in (replace(refresh, outcomes=()), Refresh(outcomes=refresh.outcomes)):
                await self._refresh.run(redis, [self._call(of_slot) for of_slot in by_slot(part, self._keys)])

    def _call(self, refresh: Refresh) -> Call:
        head = (len(refresh.orders), len(refresh.outcomes), self._new_generation(), _GENERATION_TTL, _OUTCOME_TTL)
        arguments = [*head, *_order_arguments(refresh.orders), *_outcome_arguments(refresh.outcomes)]
        return Call(keys=list(self._keys.changed(refresh)), arguments=arguments)


def _order_arguments(orders: Collection[CachedOrder]) -> Iterator[int | bytes]:
    for order in orders:
        yield order.version
        yield order.body
        yield _spread(order.order_id)


def _outcome_arguments(outcomes: Collection[CachedOutcome]) -> Iterator[int | bytes]:
    for outcome in outcomes:
        yield int(outcome.lasting)
        yield outcome.body


def _spread(order_id: str) -> int:
    """Milliseconds to live, from 90 to 110 %: orders of one batch must not all expire at once."""
    return _ORDER_TTL * (900 + crc32(order_id.encode()) % 200) // 1_000
