"""Records that only other clients than ours can write: they stop nobody, and what was taken back was never said."""

import orjson
import pytest
from aiokafka import AIOKafkaProducer

from orderflow.adapters.kafka_partitions import partition_of
from orderflow.wire.records import Message, Topic
from tests.chaos.own_servers import creation
from tests.e2e.deployment import Deployment
from tests.fuzz.forging import CODECS, INFLATED, Forged
from tests.fuzz.sending import sender


def forged(
    order_id: str, value: bytes, *, headers: tuple[tuple[str, bytes], ...] = (), codec: str | None = None
) -> Forged:
    message = Message(topic=Topic.COMMANDS, key=order_id.encode(), value=value, headers=headers, partition=0)
    return Forged(strategy="by hand", message=message, codec=codec)


@pytest.mark.apache_kafka
async def test_records_that_our_own_producers_never_write_stop_nobody(deployment: Deployment) -> None:
    await deployment.worker()
    packed = [forged(f"packed-{codec}", creation(f"packed-{codec}", "c"), codec=codec) for codec in CODECS]
    named = forged("named", creation("named", "c"), headers=(("\udcff", b"1"),))
    inflated = forged("large", creation("large", "c") + b" " * INFLATED, codec="gzip")
    unreadable = forged("unreadable", b" " * INFLATED, codec="gzip", headers=(("\udcff", b"1"),))
    async with sender(deployment.brokers, deployment.name(Topic.COMMANDS)) as out:
        await out.send([named, unreadable, inflated, *packed, forged("last", creation("last", "c"))])
    expected = {"named": None, "large": "too-large", "last": None} | {f"packed-{codec}": None for codec in CODECS}
    outcomes = await deployment.read(Topic.OUTCOMES, lambda records: len(records) == len(expected))
    ends = {said["order_id"]: said["error"] for said in (orjson.loads(record.value) for record in outcomes)}
    assert {order_id: error and error["type"] for order_id, error in ends.items()} == expected
    [letter] = await deployment.read(Topic.DEAD_LETTERS, lambda records: len(records) == 1)
    assert (letter.key, letter.value, dict(letter.headers)["x-dlq-partition"]) == (None, None, b"0")


@pytest.mark.apache_kafka
async def test_commands_of_an_aborted_transaction_were_never_said(deployment: Deployment) -> None:
    await deployment.worker()
    program = AIOKafkaProducer(bootstrap_servers=deployment.brokers, transactional_id=deployment.prefix)
    async with program:
        for order_id in ("taken-back", "meant"):
            await program.begin_transaction()
            key = order_id.encode()
            partition = partition_of(key, deployment.partitions)
            topic = deployment.name(Topic.COMMANDS)
            await program.send_and_wait(topic, creation(order_id, "c"), key, partition=partition)
            await (program.commit_transaction() if order_id == "meant" else program.abort_transaction())
    await deployment.produce(("taken-back", creation("taken-back", "other")), ("meant", creation("meant", "other")))
    outcomes = await deployment.read(Topic.OUTCOMES, lambda records: len(records) == 3)
    said = [orjson.loads(record.value) for record in outcomes]
    ends = [(one["order_id"], one["error"] and one["error"]["type"]) for one in said]
    assert sorted(ends, key=str) == [("meant", "command-id-reused"), ("meant", None), ("taken-back", None)]
