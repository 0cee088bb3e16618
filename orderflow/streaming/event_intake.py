"""Faust's messages of the event topic as readings of partitions."""

import logging
from collections.abc import Iterable, Mapping

from faust.types import EventT

from orderflow.insights.book import Reading
from orderflow.wire.standings import read_happening

log = logging.getLogger(__name__)


def readings_of(events: Iterable[EventT]) -> Mapping[int, Reading]:
    """By partition. What is no event of ours is passed over with a warning."""
    readings: dict[int, Reading] = {}
    for event in events:
        message = event.message
        reading = readings.setdefault(message.partition, Reading())
        reading.position = message.offset + 1
        try:
            reading.events.append(read_happening(message.value))
        except ValueError as error:
            log.warning("%s/%s is no event: %s", message.tp, message.offset, error)
    return readings
