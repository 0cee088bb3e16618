"""Faust's messages as records, and those that lie where their key does not belong."""

import logging
from types import SimpleNamespace
from typing import Any

import pytest

from orderflow.adapters.kafka_partitions import partition_of
from orderflow.streaming.intake import Intake
from tests.unit.clocks import Clock

PARTITIONS = 8


def event(offset: int, *, misplaced: bool) -> Any:  # noqa: ANN401 - as much of Faust's as is looked at
    partition = (partition_of(b"ord_1", PARTITIONS) + misplaced) % PARTITIONS
    message = SimpleNamespace(
        topic="order_commands",
        partition=partition,
        offset=offset,
        timestamp=1.5,
        key=b"ord_1",
        value=b"{}",
        headers=None,
    )
    return SimpleNamespace(message=message)


def test_a_message_becomes_a_record_with_its_place_and_time() -> None:
    record = Intake(PARTITIONS).record(event(7, misplaced=False))
    assert (record.offset, record.timestamp, record.key, record.headers) == (7, 1_500, b"ord_1", ())


def test_misplaced_records_are_all_counted_and_seldom_told_of(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    clock = Clock()
    intake = Intake(PARTITIONS, clock)
    for offset in range(1_000):
        intake.record(event(offset, misplaced=True))
    intake.record(event(1_000, misplaced=False))
    clock.pass_(10)
    intake.record(event(1_001, misplaced=True))

    assert intake.misplaced == 1_001
    assert caplog.messages == [
        "a record: lies on a foreign partition",
        "a record: lies on a foreign partition (and 999 times more since this was said)",
    ]
    assert [vars(line)["offset"] for line in caplog.records] == [0, 1_001]
