"""Faust's messages as records of the command log."""

import logging

from faust.types import EventT

from orderflow.adapters.kafka_partitions import partition_of
from orderflow.logs.fields import about
from orderflow.wire.records import Record

log = logging.getLogger(__name__)


class Intake:
    """Reads events, and counts records on a partition that their key does not belong to."""

    def __init__(self, partitions: int) -> None:
        self._partitions = partitions
        self.misplaced = 0

    def record(self, event: EventT) -> Record:
        message = event.message
        record = Record(
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            timestamp=round(message.timestamp * 1000),
            key=message.key,
            value=message.value,
            headers=message.headers or (),
        )
        if record.key is not None and partition_of(record.key, self._partitions) != record.partition:
            self.misplaced += 1
            log.warning("a record of key %.200r lies on a foreign partition", record.key, extra=about(record))
        return record
