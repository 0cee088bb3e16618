"""Faust's messages of the event topic as readings of partitions."""

from collections.abc import Iterable, Mapping

from faust.types import EventT

from orderflow.access.sparing_log import SparingLog
from orderflow.insights.book import Reading
from orderflow.wire.standings import read_happening


def readings_of(events: Iterable[EventT], strangers: SparingLog) -> Mapping[int, Reading]:
    """By partition. What is no event of ours is passed over; of many that follow each other the log gets one."""
    readings: dict[int, Reading] = {}
    for event in events:
        message = event.message
        reading = readings.setdefault(message.partition, Reading())
        reading.position = message.offset + 1
        try:
            reading.events.append(read_happening(message.value))
        except ValueError as error:
            strangers.warning("is no event", f"{message.topic}/{message.partition}/{message.offset} ({error})")
    return readings
