"""What an operator types at a running deployment: `doctor`, `lag` and `watch`."""

import asyncio
import signal
import sys
from itertools import count
from pathlib import Path

import orjson
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from orderflow.wire.records import Topic
from tests.e2e.deployment import CREATE, PARTITIONS, Deployment, orderflow
from tests.eventually import eventually

pytestmark = pytest.mark.apache_kafka


async def test_all_is_green_until_a_topic_has_another_partition_count_which_is_named(deployment: Deployment) -> None:
    await deployment.worker()
    await deployment.web()

    well = await orderflow(deployment, "doctor")
    outcomes = deployment.name(Topic.OUTCOMES)
    await raise_partitions(deployment.brokers, outcomes, PARTITIONS + 1)
    ill = await orderflow(deployment, "doctor", "--json")

    assert (well.returncode, well.stdout.decode().splitlines()[-1]) == (0, "all green"), well.stdout.decode()
    assert well.stdout.decode().count("ready\n") == 2
    assert ill.returncode == 1
    [wrong] = [each for each in orjson.loads(ill.stdout)["findings"] if each["level"] == "wrong"]
    assert (wrong["subject"], wrong["detail"]) == (f"topic {outcomes}", "has 5 partitions, not 4")
    assert "ORDERFLOW_PARTITIONS=5" in wrong["remedy"]


async def test_events_are_seen_as_they_come_until_ctrl_c_and_then_nothing_is_behind(
    deployment: Deployment, tmp_path: Path
) -> None:
    await deployment.worker()
    seen = tmp_path / "seen"
    command = [sys.executable, "-c", "from orderflow.cli import main; main(prog_name='orderflow')", "watch", "--json"]
    with seen.open("wb") as out:
        watching = await asyncio.create_subprocess_exec(*command, env=deployment.environment, stdout=out, stderr=out)
    numbers = count()

    async def something_is_seen() -> bool:
        order_id = f"ord_{next(numbers)}"
        await deployment.produce((order_id, orjson.dumps(CREATE | {"order_id": order_id})))
        return bool(seen.stat().st_size)

    await eventually(something_is_seen, within=30)
    watching.send_signal(signal.SIGINT)

    assert await asyncio.wait_for(watching.wait(), 10) == 0
    events = [orjson.loads(line) for line in seen.read_bytes().splitlines()]
    assert {event["type"] for event in events} == {"order.created"}
    await eventually(lambda: nothing_is_behind(deployment))


async def nothing_is_behind(deployment: Deployment) -> bool:
    done = await orderflow(deployment, "lag", "--once", "--json")
    workers, _ = orjson.loads(done.stdout)["groups"]
    read = {each["partition"] for each in workers["partitions"] if each["member"] == workers["members"][0]["id"]}
    assert (read, workers["members"][0]["client_id"].partition("@")[0]) == (set(range(PARTITIONS)), "worker")
    assert sum(each["end"] for each in workers["partitions"]) > 0
    return bool(workers["lag"] == 0)


async def raise_partitions(brokers: str, topic: str, partitions: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=brokers)
    await admin.start()
    await admin.create_partitions({topic: NewPartitions(total_count=partitions)})
    await admin.close()
