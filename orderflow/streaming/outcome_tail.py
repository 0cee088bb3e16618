"""The outcome topic's tail: it feeds a board."""

from collections.abc import Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.streaming.outcome_board import OutcomeBoard
from orderflow.streaming.topic_tail import Offsets, TopicTail


class OutcomeTail(TopicTail):
    """Every outcome from its start on reaches the board."""

    def __init__(self, *, kafka: KafkaAccess, topic: str, partitions: int, board: OutcomeBoard) -> None:
        super().__init__(kafka=kafka, topic=topic, partitions=partitions, receiver=BoardReceiver(board))


class BoardReceiver:
    """A board knows outcomes by their commands, wherever they stand."""

    def __init__(self, board: OutcomeBoard) -> None:
        self._board = board

    async def begin(self, consumer: AIOKafkaConsumer, starts: Offsets, ends: Offsets) -> None: ...

    def receive(self, records: Sequence[ConsumerRecord]) -> None:
        for record in records:
            self._board.receive(record.value, record.headers)
