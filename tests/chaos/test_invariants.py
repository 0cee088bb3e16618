"""The checker of the crash tests finds every single thing that may be wrong."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from orderflow.domain.problems import Problem, dead_lettered, outcome_forgotten
from orderflow.processing.processor import CommandProcessor
from orderflow.wire.events import event_message
from orderflow.wire.outcomes import encode_outcome, outcome_message
from tests.chaos.crash_script import ANY
from tests.chaos.crash_world import World, no_trap
from tests.chaos.invariants import Remains, violations
from tests.weakened import sound

Harm = Callable[[Remains], Remains]
MAIN = "case.main"


@pytest.fixture(scope="module")
def world() -> World:
    """One that nothing happened to."""
    sane = World(held=1, weakness=sound)
    processor: CommandProcessor = sane.processor()
    asyncio.run(sane.work(processor, no_trap()))
    return sane


def without_event(remains: Remains) -> Remains:
    return replace(remains, events=remains.events[:-1])


def with_events_out_of_order(remains: Remains) -> Remains:
    return replace(remains, events=remains.events[::-1])


def with_a_changed_event(remains: Remains) -> Remains:
    forged = event_message(remains.orders[MAIN].history[0], "/elsewhere")
    return replace(remains, events=[*remains.events, forged])


def without_an_outcome(remains: Remains) -> Remains:
    return replace(remains, outcomes=remains.outcomes[:-1])


def without_dead_letters(remains: Remains) -> Remains:
    return replace(remains, dead_letters=[])


def with_a_lost_update(remains: Remains) -> Remains:
    order = remains.orders[MAIN]
    return replace(remains, orders={**remains.orders, MAIN: replace(order, history=order.history[:-1])})


def with_a_doubled_change(remains: Remains) -> Remains:
    order = remains.orders[MAIN]
    return replace(remains, orders={**remains.orders, MAIN: replace(order, history=(*order.history, order.history[1]))})


def with_a_forgotten_verdict(remains: Remains) -> Remains:
    order = remains.orders[MAIN]
    kept = [sent for sent in remains.outcomes if b"once-more" not in (sent.value or b"")]
    assert any(verdict.command_id == "once-more" for verdict in order.ledger)
    return replace(remains, outcomes=kept)


def test_nothing_is_wrong_where_nothing_happened(world: World) -> None:
    assert violations(world.lines, asyncio.run(world.remains())) == []


@pytest.mark.parametrize(
    "harm",
    [
        without_event,
        with_events_out_of_order,
        with_a_changed_event,
        without_an_outcome,
        without_dead_letters,
        with_a_lost_update,
        with_a_doubled_change,
        with_a_forgotten_verdict,
    ],
)
def test_harm_is_found(world: World, harm: Harm) -> None:
    assert violations(world.lines, harm(asyncio.run(world.remains()))) != []


@pytest.mark.parametrize("problem", [outcome_forgotten("stale"), dead_lettered("KeyError")], ids=lambda each: each.type)
def test_a_command_that_may_end_anyhow_must_still_not_be_swallowed(world: World, problem: Problem) -> None:
    remains = asyncio.run(world.remains())
    lines = [replace(line, end=ANY) if line.end == "version-conflict" else line for line in world.lines]
    assert violations(lines, remains) == []

    [rejected] = [outcome for outcome in remains.told if outcome.command_id == "stale"]
    swallowed = replace(rejected, error=problem)
    told = outcome_message(swallowed, encode_outcome(swallowed), cached=True)

    assert f"case.main: stale ended ['{problem.type}', 'version-conflict'], not ['any']" in violations(
        lines, replace(remains, outcomes=[*remains.outcomes, told])
    )
