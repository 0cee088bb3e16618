"""Faust's messages as records of the command log."""

import logging
import time
from collections.abc import Callable

from faust.types import EventT

from orderflow.access.sparing_log import SparingLog
from orderflow.adapters.kafka_partitions import partition_of
from orderflow.logs.fields import about
from orderflow.wire.records import Record

log = logging.getLogger(__name__)


class Intake:
    """Reads events, and counts records on a partition that their key does not belong to.

    It seldom tells of them: a program that partitions in another way than Java's clients misplaces nearly all.
    """

    def __init__(self, partitions: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._partitions = partitions
        self._log = SparingLog(log, monotonic)
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
            self._log.warning("lies on a foreign partition", "a record", about(record))
        return record
