"""The delivery guarantee checked at random: crashes, stale owners, lost replies, duplicates, reused ids, new logs.

ORDERFLOW_MODEL_SEEDS says how many worlds are tried.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count, groupby
from random import Random

import pytest

from orderflow.domain.handle import handle
from orderflow.domain.outcome import Outcome
from orderflow.domain.stored import Received, StoredOrder
from orderflow.wire.commands import decode_command
from orderflow.wire.events import event_message
from orderflow.wire.outcomes import decode_outcome, encode_outcome
from orderflow.wire.records import Record
from tests.builders import NOW, RULES
from tests.unit.command_worker import WrappedStore
from tests.unit.model_log import change, commands, log_of
from tests.unit.model_world import LOG, World, run
from tests.weakened import UnguardedStore

SEEDS = int(os.environ.get("ORDERFLOW_MODEL_SEEDS", "40"))
ORDER = "ord_1"

pytestmark = pytest.mark.usefixtures("without_waiting", "quiet")


@pytest.fixture(autouse=True)
def short_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger of four entries, so that outcomes are forgotten all the time."""
    monkeypatch.setattr("orderflow.domain.handle.MAX_LEDGER", 4)
    monkeypatch.setattr("orderflow.processing.batch.MAX_LEDGER", 4)


def truth(stored: StoredOrder | None, log: Sequence[Record], name: str) -> list[str]:
    """The commands that take effect when each record is handled once, in order."""
    for record in log:
        received = decode_command(record, name)
        assert isinstance(received, Received)
        stored = handle(stored, received, NOW, RULES).stored
    return applied(stored)


def applied(stored: StoredOrder | None) -> list[str]:
    return [change.command_id for change in stored.history] if stored else []


def violations(stored: StoredOrder | None, world: World) -> Iterator[str]:
    """What is wrong with a world that came to its end; `stored` is its order."""
    history = stored.history if stored else ()
    versions = [change.event.version for change in history]
    if versions != list(range(1, len(versions) + 1)):
        yield f"history has versions {versions}"
    if len(set(applied(stored))) < len(versions):
        yield f"applied twice: {applied(stored)}"
    announced = {dict(message.headers)["ce_id"]: message for message in reversed(world.events)}
    if any(announced[dict(message.headers)["ce_id"]] != message for message in world.events):
        yield "an event id has two contents"
    if list(dict.fromkeys(dict(message.headers)["ce_id"] for message in world.events)) != [
        f"{ORDER}:{version}".encode() for version in versions
    ]:
        yield "first occurrences of events are not those of the history"
    if any(
        announced.get(f"{ORDER}:{change.event.version}".encode()) != event_message(change, "/orderflow")
        for change in history
    ):
        yield "an event is not what the history says"


def outcome_violations(world: World) -> Iterator[str]:
    """Every record has one outcome, but for those forgotten; what was applied is never forgotten."""
    told = sorted(world.outcomes, key=lambda each: each[0])
    by_offset = {
        offset: {end_of(body) for _, body in group} for offset, group in groupby(told, key=lambda each: each[0])
    }
    for record in world.log:
        ends = by_offset.get(record.offset, set())
        kinds = ends - {"outcome-forgotten"}
        if not ends or len(kinds) > 1 or (len(ends) > 1 and any('"applied"' in kind for kind in kinds)):
            yield f"record {record.offset} ended {sorted(ends)}"


def end_of(body: bytes) -> str:
    """A rejection by its type, since what it saw of the order may differ; anything else to the byte."""
    outcome: Outcome = decode_outcome(body)
    return outcome.error.type if outcome.error else encode_outcome(outcome).decode()


async def problems_of(seed: int, store: type[WrappedStore] = WrappedStore) -> list[str]:
    random = Random(seed)  # noqa: S311 - a repeatable world
    first = World(random=random, store=store, log=log_of(commands(random), 100))
    await run(first)
    stored = await first.stored.get(ORDER)
    found = [*violations(stored, first), *outcome_violations(first)]
    if applied(stored) != truth(None, first.log, LOG):
        found.append(f"{applied(stored)} differs from one after the other")
    return found or await refilled(first, random)


async def refilled(first: World, random: Random) -> list[str]:
    """The log is wiped and begins again at offset 0: new commands are new, old ids are known."""
    before = await first.stored.get(ORDER)
    changes = [change(random, f"{random.choice('nnnnc')}{number}") for number in range(8)]
    second = replace(first, log=log_of(changes, 5_000), committed=0, owner=0, events=[], outcomes=[], ticks=count())
    await run(second)
    after = await first.stored.get(ORDER)
    expected = truth(before, second.log, "another log")
    if applied(after) != expected:
        return [f"refilled log: {applied(after)} instead of {expected}"]
    return list(outcome_violations(second))


async def test_every_command_takes_effect_once_whatever_happens() -> None:
    failed = {seed: found for seed in range(SEEDS) if (found := await problems_of(seed))}
    assert failed == {}


async def test_the_model_finds_out_a_store_that_ignores_revisions() -> None:
    failed = [seed for seed in range(12) if await problems_of(seed, UnguardedStore)]
    assert failed
