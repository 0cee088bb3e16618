"""What a role says of the servers it needs: awaited, silent, or merely missed."""

import asyncio
import logging

import pytest

from orderflow.processing import readiness as readiness_module
from orderflow.processing.readiness import Readiness


async def answers() -> None: ...


async def fails() -> None:
    raise ConnectionError("refused")


async def says_nothing() -> None:
    await asyncio.Event().wait()


async def test_a_server_that_nobody_talks_to_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness_module, "PROBE_SECONDS", 0.01)
    readiness = Readiness()
    readiness.probe("Kafka", fails)
    readiness.probe("MongoDB", answers)
    readiness.probe("Redis", says_nothing, needed=False)
    assert await readiness.missing() == {"Kafka": "ConnectionError: refused"}
    assert await readiness.missed() == {"Redis": "TimeoutError"}


async def test_what_is_awaited_counts_although_its_server_answers_a_probe() -> None:
    readiness = Readiness()
    readiness.probe("MongoDB", answers)
    readiness.waiting_for("MongoDB", "ConflictError: again")
    assert await readiness.missing() == {"MongoDB": "ConflictError: again"}


def test_what_is_expected_is_awaited_but_talked_of_only_when_it_does_not_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    readiness = Readiness()
    readiness.expect("Kafka", "MongoDB")
    assert set(readiness.awaited) == {"Kafka", "MongoDB"}
    readiness.reached("Kafka")
    for _ in range(2):
        readiness.waiting_for("MongoDB", "away")
    readiness.reached("MongoDB")
    assert caplog.messages == ["waiting for MongoDB: away", "MongoDB answers again"]
    assert readiness.awaited == {}
