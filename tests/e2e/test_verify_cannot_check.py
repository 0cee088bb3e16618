"""Deployments of which a part is missing or away: nothing is checked, and one line says why."""

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from motor.motor_asyncio import AsyncIOMotorClient

from orderflow.wire.records import Topic
from tests.e2e.deployment import Deployment, orderflow

pytestmark = pytest.mark.apache_kafka


async def refusal(deployment: Deployment) -> str:
    done = await orderflow(deployment, "verify")
    assert (done.returncode, done.stdout) == (2, b""), done
    [line] = done.stderr.decode().splitlines()
    return line


async def made(deployment: Deployment) -> Deployment:
    assert (await orderflow(deployment, "init")).returncode == 0
    return deployment


async def test_where_init_has_not_run_everything_that_is_missing_is_named(deployment: Deployment) -> None:
    said = await refusal(deployment)

    assert said.startswith(f"Error: the deployment lacks topic {deployment.name(Topic.COMMANDS)}; ")
    assert all(f"topic {deployment.name(topic)}; " in said for topic in Topic)
    assert f"the index on client_id, external_ref (unique) of {deployment.prefix}.orders" in said
    assert said.endswith(": `orderflow init` creates what is missing")


async def test_a_single_index_is_missed(deployment: Deployment) -> None:
    client = AsyncIOMotorClient[dict[str, object]]((await made(deployment)).settings["ORDERFLOW_MONGO_URL"])
    orders = client[deployment.prefix].orders
    name, fields = next(
        (name, ", ".join(field for field, _ in index["key"]))
        for name, index in (await orders.index_information()).items()
        if name != "_id_" and not index.get("unique")
    )
    await orders.drop_index(name)
    client.close()

    missing = f"the index on {fields} of {deployment.prefix}.orders"
    assert await refusal(deployment) == (
        f"Error: the deployment lacks {missing}: `orderflow init` creates what is missing"
    )


async def test_topics_that_differ_in_their_partitions_are_named_with_them(deployment: Deployment) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=(await made(deployment)).brokers)
    await admin.start()
    await admin.create_partitions({deployment.name(Topic.EVENTS): NewPartitions(total_count=6)})
    await admin.close()

    said = await refusal(deployment)

    assert said.startswith("Error: the topics differ in their partitions: ")
    assert f"{deployment.name(Topic.COMMANDS)} has 4" in said
    assert f"{deployment.name(Topic.EVENTS)} has 6" in said


async def test_a_server_that_is_away_is_named_with_its_address(deployment: Deployment, unused_tcp_port: int) -> None:
    nowhere = f"127.0.0.1:{unused_tcp_port}"
    environment = deployment.environment

    deployment.environment = environment | {"ORDERFLOW_KAFKA_BROKERS": nowhere}
    assert (await refusal(deployment)).startswith(f"Error: Kafka does not answer at {nowhere}: start it")

    deployment.environment = environment | {"ORDERFLOW_MONGO_URL": f"mongodb://name:secret@{nowhere}/"}
    assert (await refusal(deployment)).startswith(f"Error: MongoDB gives no answer at {nowhere} (")
