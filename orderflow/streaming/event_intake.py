"""Faust's messages of the event topic as readings of partitions."""

from collections.abc import Iterable, Mapping

from faust.types import EventT, Message

from orderflow.access.sparing_log import SparingLog
from orderflow.domain.standing import Happening
from orderflow.insights.book import Reading
from orderflow.wire.records import Record
from orderflow.wire.standings import read_happening


def readings_of(events: Iterable[EventT], strangers: SparingLog) -> Mapping[int, Reading]:
    """By partition, without what is no event of ours."""
    readings: dict[int, Reading] = {}
    for event in events:
        message = event.message
        reading = readings.setdefault(message.partition, Reading())
        reading.position = message.offset + 1
        happening = happening_of(message, strangers)
        if happening:
            reading.events.append(happening)
    return readings


def happening_of(record: Message | Record, strangers: SparingLog) -> Happening | None:
    """None for what is no event of ours; of many that follow each other the log gets one."""
    try:
        return read_happening(record.value)
    except ValueError as error:
        strangers.warning("is no event", f"{record.topic}/{record.partition}/{record.offset} ({error})")
        return None
