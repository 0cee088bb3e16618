"""The event topic as insights read it: strangers' records between events."""

import logging
from types import SimpleNamespace
from typing import Any

import pytest

from orderflow.access.sparing_log import SparingLog
from orderflow.streaming.event_intake import readings_of

TOPIC = "order_events"


def record(offset: int, value: bytes) -> Any:  # noqa: ANN401 - as much of Faust's event as is read
    return SimpleNamespace(message=SimpleNamespace(topic=TOPIC, partition=3, offset=offset, value=value))


def test_a_flood_of_strangers_records_is_told_of_once_and_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    log = SparingLog(logging.getLogger("intake"), lambda: 0.0)

    readings = readings_of([record(offset, b"hello") for offset in range(7, 107)], log)

    assert readings[3].position == 107
    assert not readings[3].events
    [line] = caplog.messages
    assert line.startswith(f"{TOPIC}/3/7 (")
    assert line.endswith("): is no event")
