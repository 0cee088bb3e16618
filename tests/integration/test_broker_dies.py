"""The broker is killed and comes back: who produces commands and who follows outcomes go on by themselves."""

import time
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from orderflow.local.server import Server
from orderflow.local.stack import broker
from orderflow.streaming.command_producer import CommandProducer, DeliveryUnknownError, NotAcceptedError
from orderflow.streaming.outcome_board import OutcomeBoard
from orderflow.streaming.outcome_tail import OutcomeTail
from orderflow.wire.outcomes import encode_outcome
from tests.builders import applied, unchecked
from tests.eventually import eventually

PARTITIONS = 3
OUTCOME = applied("o", "c")


@pytest.mark.apache_kafka
async def test_a_killed_broker_is_waited_for_and_nothing_is_missed(tmp_path: Path) -> None:
    with Server(broker(), tmp_path) as server:
        await create_topic(server.address)
        board = OutcomeBoard(time.monotonic)
        tail = OutcomeTail(brokers=server.address, topic="outcomes", partitions=PARTITIONS, board=board)
        producer = CommandProducer(brokers=server.address, topic="outcomes", partitions=PARTITIONS, check=unchecked)
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


async def create_topic(address: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    await admin.create_topics([NewTopic("outcomes", PARTITIONS, 1)])
    await admin.close()
