"""`/metrics` of running roles, held against what was done."""

from pathlib import Path

import orjson
from pydantic import SecretStr

from orderflow.adapters.redis_connection import RedisConnection
from orderflow.adapters.redis_pulses import RedisPulses
from tests.contract.conftest import UNHURRIED
from tests.e2e.deployment import CREATE, Deployment, orderflow
from tests.eventually import eventually
from tests.scraped import scrape

ORDERS = 300


async def test_a_worker_counts_what_an_import_says(deployment: Deployment, tmp_path: Path) -> None:
    worker = await deployment.worker()
    file = tmp_path / "orders.jsonl"
    item = {"sku": "1", "name": "Bagels", "quantity": 1, "price": 0.5}
    lines = [{"client_id": f"c-{n % 7}", "external_ref": f"r-{n}", "items": [item]} for n in range(ORDERS)]
    file.write_bytes(b"\n".join(map(orjson.dumps, lines)))

    done = await orderflow(deployment, "import", str(file))

    assert done.stdout.decode().splitlines()[-1].startswith(f"applied {ORDERS}, unchanged 0, rejected 0, ")
    found = await scrape(worker.url)
    assert found.value("orderflow_commands_total", type="create_order", outcome="applied") == ORDERS
    assert found.total("orderflow_commands_total") == ORDERS
    assert found.value("orderflow_command_latency_seconds_count") == ORDERS
    assert found.value("orderflow_batch_commands_sum") == ORDERS
    for server in ("kafka", "mongodb", "redis"):
        assert found.value("orderflow_dependency_ready", dependency=server) == 1, server

    async def caught_up() -> bool:
        now = await scrape(worker.url)
        known = [now.value("orderflow_consumer_lag_records", topic=topic, partition=str(n)) for n in range(4)]
        return known == [0, 0, 0, 0]

    topic = f"{deployment.prefix}.order_commands"
    await eventually(caught_up)


async def test_an_instance_is_seen_while_it_lives(deployment: Deployment, redis_url: str) -> None:
    await deployment.worker()
    await deployment.produce(("ord_1", orjson.dumps(CREATE)))
    connection = RedisConnection(SecretStr(redis_url), limit=UNHURRIED)
    pulses = RedisPulses(connection, prefix=f"{deployment.prefix}:")

    async def counted() -> bool:
        return any(pulse["outcomes"] == {"applied": 1} and pulse["lag"] == 0 for pulse in await pulses.read_all())

    await eventually(counted)
    [pulse] = await pulses.read_all()
    assert (pulse["role"], pulse["partitions"]) == ("worker", [0, 1, 2, 3])
    assert pulse["instance"].startswith(f"worker@{pulse['host']}:")
    await connection.close()
