"""What only a Redis Cluster can show: which calls a refresh is cut into, and that its client finds it again."""

import asyncio
from pathlib import Path

from pydantic import SecretStr
from redis.crc import key_slot

from orderflow.adapters.redis_cache import RedisCache
from orderflow.adapters.redis_connection import RedisConnection
from orderflow.adapters.redis_keys import RedisKeys
from orderflow.adapters.redis_slots import by_slot
from orderflow.domain.lifecycle import State
from orderflow.local.server import Server
from orderflow.ports import CachedOrder, CachedOutcome, Refresh
from tests.contract.redis_cluster import OneNodeCluster
from tests.eventually import eventually

SLOTS = 16_384
ORDERS = [CachedOrder(order_id=f"ord_{number}", version=1, body=b"{}") for number in range(SLOTS + 1)]
OUTCOME = CachedOutcome(order_id="ord_1", command_id="cmd_1", body=b"{}", lasting=True)


def test_each_call_touches_one_slot_and_each_slot_is_called_once() -> None:
    keys = RedisKeys("p:")
    refresh = Refresh(orders=ORDERS, outcomes=[OUTCOME], clients=["client-1"], states=[State.CREATED])
    parts = by_slot(refresh, keys)
    slots = [{key_slot(key.encode()) for key in keys.changed(part)} for part in parts]
    assert all(len(of_call) == 1 for of_call in slots)
    assert len(set().union(*slots)) == len(slots) <= SLOTS
    assert sorted(key for part in parts for key in keys.changed(part)) == sorted(keys.changed(refresh))


async def test_a_cluster_that_was_away_is_used_again(tmp_path: Path) -> None:
    with Server(OneNodeCluster(), tmp_path) as server:
        connection = RedisConnection(SecretStr(server.environment["ORDERFLOW_REDIS_URL"]))
        cache = RedisCache(connection)
        refresh = Refresh(orders=ORDERS[:3], outcomes=[OUTCOME])
        await eventually(lambda: cache.refresh(refresh))
        await asyncio.to_thread(server.kill)
        assert await cache.refresh(refresh) is False
        server.start()
        await eventually(lambda: cache.refresh(refresh))
        assert await cache.order("ord_1") == ORDERS[1]
        assert await cache.outcome("ord_1", "cmd_1") == OUTCOME.body
        await connection.close()
