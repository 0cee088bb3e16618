"""Worlds of crashes, stale owners and lost replies, verified as a deployment would be; then one record is altered."""

from dataclasses import replace
from random import Random

import orjson
import pytest

from orderflow.wire.records import Message, Record, Topic
from tests.unit.deployed import Deployed, as_records, deployment_of
from tests.unit.model_log import commands, log_of
from tests.unit.model_world import World, run

WORLDS = 5

pytestmark = pytest.mark.usefixtures("without_waiting", "quiet")


@pytest.fixture(autouse=True)
def short_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger of two entries, so that outcomes are forgotten all the time."""
    for module in ("domain.handle", "processing.batch", "verification.order_rows"):
        monkeypatch.setattr(f"orderflow.{module}.MAX_LEDGER", 2)


async def lived(seed: int) -> Deployed:
    random = Random(seed)  # noqa: S311 - not for secrets
    world = World(random=random, log=log_of(commands(random), start=1_000))
    await run(world)
    outcomes = [Message(topic=Topic.OUTCOMES, key=b"ord_1", value=value) for _, value in world.outcomes]
    topics = {
        Topic.COMMANDS: list(world.log),
        Topic.EVENTS: as_records(Topic.EVENTS, world.events),
        Topic.OUTCOMES: as_records(Topic.OUTCOMES, outcomes),
        Topic.DEAD_LETTERS: [],
    }
    return await deployment_of(world.stored, topics)


@pytest.mark.parametrize("seed", range(WORLDS))
async def test_whatever_happens_to_workers_no_invariant_breaks(seed: int) -> None:
    assert await (await lived(seed)).broken() == {}


@pytest.mark.parametrize("seed", range(WORLDS))
async def test_one_event_or_applied_outcome_that_is_altered_shows(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - not for secrets
    found = await lived(seed)
    topic, at = random.choice([*_altered(found, Topic.EVENTS), *_altered(found, Topic.OUTCOMES)])
    records = found.records(topic)

    records[at] = replace(records[at], value=orjson.dumps({**orjson.loads(records[at].value or b""), "version": 99}))

    assert ["ord_1"] in (await found.broken()).values()


@pytest.mark.parametrize("seed", range(WORLDS))
async def test_an_event_of_which_every_delivery_is_lost_shows(seed: int) -> None:
    found = await lived(seed)
    lost = found.records(Topic.EVENTS)[seed % len(found.records(Topic.EVENTS))].value

    found.records(Topic.EVENTS)[:] = [each for each in found.records(Topic.EVENTS) if each.value != lost]

    assert ["ord_1"] in (await found.broken()).values()


def _altered(found: Deployed, topic: Topic) -> list[tuple[Topic, int]]:
    """Which records of the topic say that something was applied."""
    return [(topic, at) for at, each in enumerate(found.records(topic)) if _tells_a_change(each)]


def _tells_a_change(record: Record) -> bool:
    fields = orjson.loads(record.value or b"")
    return "event_id" in fields or fields["status"] == "applied"
