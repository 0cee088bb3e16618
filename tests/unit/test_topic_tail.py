import asyncio
import time
from collections import deque
from types import SimpleNamespace

import pytest
from aiokafka.structs import TopicPartition

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.streaming.outcome_board import OutcomeBoard
from orderflow.streaming.outcome_tail import OutcomeTail
from orderflow.wire.outcomes import encode_outcome
from tests.builders import applied
from tests.eventually import eventually

PARTITION = TopicPartition("outcomes", 0)
RECORD = SimpleNamespace(offset=0, value=encode_outcome(applied("o", "c")), headers=())


class Connection:
    """To a topic that gets a record; a `dead` one fetches nothing, as when a task of aiokafka's has ended."""

    def __init__(self, ends: deque[int], *, dead: bool) -> None:
        self._ends, self._dead = ends, dead
        self._fetched = False
        self._client = SimpleNamespace(_conns={})

    async def start(self) -> None:
        """It is there at once."""

    stop = start

    def assign(self, _partitions: object) -> None:
        """The only one."""

    def seek(self, _partition: object, position: int) -> None:
        self.position = position

    async def end_offsets(self, _partitions: object) -> dict[TopicPartition, int]:
        return {PARTITION: self._ends.popleft() if len(self._ends) > 1 else self._ends[0]}

    async def getmany(self, **_: object) -> dict[TopicPartition, list[SimpleNamespace]]:
        await asyncio.sleep(0)
        if self._dead or self._fetched:
            return {}
        self._fetched = True
        return {PARTITION: [RECORD]} if self.position == 0 else {}


async def test_a_connection_that_fetches_nothing_though_there_is_something_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ends = deque([0, 1])
    connections = iter([Connection(ends, dead=True), Connection(ends, dead=False)])
    monkeypatch.setattr("orderflow.streaming.topic_tail.AIOKafkaConsumer", lambda **_: next(connections))
    board = OutcomeBoard(time.monotonic)
    tail = OutcomeTail(kafka=KafkaAccess(brokers="unused"), topic="outcomes", partitions=1, board=board)

    await tail.start()

    await eventually(lambda: board.newest_version("o"))
    await tail.stop()
