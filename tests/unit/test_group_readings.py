"""Groups read again and again."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest
from aiokafka.errors import KafkaConnectionError

from orderflow.adapters.kafka_reader import MissingTopicError
from orderflow.settings import Settings
from orderflow.streaming.exchange_opening import KafkaUnusableError
from orderflow.streaming.group_readings import group_progress
from orderflow.wire.groups import GroupReading
from tests.unit.groups import position, reading


class PlayedGroups:
    """Each connection gives its answers, and fails after them."""

    def __init__(self, *connections: list[GroupReading | Exception]) -> None:
        self._connections = iter(connections)
        self._answers: list[GroupReading | Exception] = []

    @asynccontextmanager
    async def open(self, _: object) -> AsyncIterator["PlayedGroups"]:
        self._answers = next(self._connections)
        yield self

    async def read(self, _group: str, _topic: str) -> GroupReading:
        answer = self._answers.pop(0) if self._answers else KafkaConnectionError("gone")
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_a_kafka_that_comes_back_is_read_on_and_its_rate_spans_the_outage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    some = [reading(position(0, done, 90)) for done in (10, 10, 40, 40)]
    played = PlayedGroups(some[:2], [], some[2:])
    monkeypatch.setattr("orderflow.streaming.group_readings.kafka_groups", played.open)

    async with aclosing(group_progress(Settings(), interval=0)) as progress:
        first, away, still, again = [await anext(progress) for _ in range(4)]

    assert not isinstance(first, KafkaUnusableError)
    assert not isinstance(again, KafkaUnusableError)
    assert isinstance(away, KafkaUnusableError)
    assert isinstance(still, KafkaUnusableError)
    assert again[0].rates[0] > 0


async def test_each_rate_is_since_the_reading_just_before(monkeypatch: pytest.MonkeyPatch) -> None:
    played = PlayedGroups([reading(position(0, done, 90)) for done in (10, 10, 40, 40, 40, 40)])
    monkeypatch.setattr("orderflow.streaming.group_readings.kafka_groups", played.open)

    async with aclosing(group_progress(Settings(), interval=0)) as progress:
        found = [await anext(progress) for _ in range(3)]

    assert [each[0].rates.get(0, 0.0) > 0 for each in found if not isinstance(each, KafkaUnusableError)] == [
        False,
        True,
        False,
    ]


async def test_a_topic_that_is_missing_is_told_with_what_creates_it(monkeypatch: pytest.MonkeyPatch) -> None:
    played = PlayedGroups([MissingTopicError("topic order_commands does not exist")])
    monkeypatch.setattr("orderflow.streaming.group_readings.kafka_groups", played.open)

    async with aclosing(group_progress(Settings(), interval=0)) as progress:
        said = str(await anext(progress))

    assert said == "topic order_commands does not exist: `orderflow init` creates it"
