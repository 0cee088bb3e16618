"""The broker is killed and comes back: who produces commands and who follows outcomes go on by themselves."""

import asyncio
import time
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_reader import kafka_reader
from orderflow.local.server import Server
from orderflow.local.stack import broker
from orderflow.streaming.command_producer import CommandProducer, DeliveryUnknownError, NotAcceptedError
from orderflow.streaming.outcome_board import OutcomeBoard
from orderflow.streaming.outcome_tail import OutcomeTail
from orderflow.wire.outcomes import encode_outcome
from tests.builders import applied, unchecked
from tests.chaos.own_servers import frozen
from tests.eventually import eventually

PARTITIONS = 3
ANSWERED_WITHIN = 3.0
OUTCOME = applied("o", "c")


@pytest.mark.apache_kafka
async def test_a_killed_broker_is_waited_for_and_nothing_is_missed(tmp_path: Path) -> None:
    with Server(broker(), tmp_path) as server:
        await create_topic(server.address)
        board = OutcomeBoard(time.monotonic)
        tail = OutcomeTail(
            kafka=KafkaAccess(brokers=server.address), topic="outcomes", partitions=PARTITIONS, board=board
        )
        producer = CommandProducer(
            kafka=KafkaAccess(brokers=server.address), topic="outcomes", partitions=PARTITIONS, check=unchecked
        )
        await tail.start()
        await producer.start()
        await eventually(lambda: tail.ready and producer.ready)
        server.kill()
        with pytest.raises((NotAcceptedError, DeliveryUnknownError)):
            await producer.enqueue("o", encode_outcome(OUTCOME))
        await eventually(lambda: not tail.ready and not producer.ready)
        server.start()
        await eventually(lambda: tail.ready and producer.ready)
        await producer.enqueue("p", encode_outcome(OUTCOME))
        await eventually(lambda: board.newest_version("o"))
        await producer.stop()
        await tail.stop()


@pytest.mark.apache_kafka
async def test_a_silent_broker_is_not_waited_for_and_what_was_not_accepted_was_not_sent(tmp_path: Path) -> None:
    with Server(broker(), tmp_path) as server:
        await create_topic(server.address)
        producer = CommandProducer(
            kafka=KafkaAccess(brokers=server.address), topic="outcomes", partitions=PARTITIONS, check=unchecked
        )
        await producer.start()
        await producer.enqueue("o", b"first")
        # More than one batch holds, so that most wait for room.
        values = [b"%d " % number * 500 for number in range(60)]
        async with frozen(server):
            began = time.monotonic()
            answers = await asyncio.gather(*(producer.enqueue("o", value) for value in values), return_exceptions=True)
            assert time.monotonic() - began < ANSWERED_WITHIN
        await producer.stop()
        refused = {value for value, answer in zip(values, answers, strict=True) if isinstance(answer, NotAcceptedError)}
        assert {type(answer) for answer in answers} == {NotAcceptedError, DeliveryUnknownError}
        stored = await values_on("outcomes", server.address)
        assert b"first" in stored
        assert refused.isdisjoint(stored)


async def values_on(topic: str, address: str) -> set[bytes | None]:
    async with kafka_reader(KafkaAccess(brokers=address)) as reader:
        begins, ends = await reader.beginnings(topic), await reader.ends(topic)
        return {record.value async for records in reader.read(topic, ends, begins) for record in records}


async def create_topic(address: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    await admin.create_topics([NewTopic("outcomes", PARTITIONS, 1)])
    await admin.close()
