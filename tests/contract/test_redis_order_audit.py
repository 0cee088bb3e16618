import pytest
from pydantic import SecretStr

from orderflow.adapters.redis_audit import RedisOrderAudit
from orderflow.adapters.redis_cache import RedisCache
from orderflow.adapters.redis_connection import RedisConnection
from orderflow.ports import CachedOrder, Refresh
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
