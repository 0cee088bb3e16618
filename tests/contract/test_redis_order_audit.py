from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from orderflow.adapters.redis_audit import RedisOrderAudit
from orderflow.adapters.redis_cache import RedisCache
from orderflow.adapters.redis_connection import Client, RedisConnection
from orderflow.adapters.redis_keys import RedisKeys
from orderflow.ports import CachedOrder, CacheUnavailableError, Refresh
from tests.contract.conftest import UNHURRIED

ORDERS = 1_200


@pytest.mark.parametrize("server", ["redis_url", "redis_cluster_url"])
async def test_every_cached_order_is_found_with_its_version(
    server: str, unique: str, request: pytest.FixtureRequest
) -> None:
    connection = RedisConnection(SecretStr(request.getfixturevalue(server)), limit=UNHURRIED)
    orders = [CachedOrder(order_id=f"o{number}", version=number + 1, body=b"{}") for number in range(ORDERS)]
    await RedisCache(connection, f"{unique}*").refresh(Refresh(orders=orders))
    await RedisCache(connection, f"{unique}-other").refresh(Refresh(orders=orders[:1]))

    audit = RedisOrderAudit(connection, f"{unique}*")
    found = {order_id: version async for some in audit.versions() for order_id, version in some}

    assert found == {order.order_id: order.version for order in orders}
    await connection.close()


class FlakyConnection(RedisConnection):
    """Every call but the third in a row fails."""

    calls = 0

    @asynccontextmanager
    async def call(self) -> AsyncIterator[Client]:
        self.calls += 1
        if self.calls % 3:
            raise CacheUnavailableError("TimeoutError")
        async with super().call() as redis:
            yield redis


async def test_a_call_that_fails_is_repeated_and_a_version_that_is_none_is_found(redis_url: str, unique: str) -> None:
    connection = FlakyConnection(SecretStr(redis_url), limit=UNHURRIED)
    honest = RedisConnection(SecretStr(redis_url), limit=UNHURRIED)
    await RedisCache(honest, unique).refresh(Refresh(orders=[CachedOrder(order_id="o1", version=7, body=b"{}")]))
    async with honest.call() as redis:
        await redis.hset(RedisKeys(unique).order("odd"), "v", "9" * 30)

    audit = RedisOrderAudit(connection, unique, pause=0)
    found = [each async for some in audit.versions() for each in some]

    assert dict(found) == {"o1": 7, "odd": None}
    assert connection.calls >= 9
    await connection.close()
    await honest.close()
