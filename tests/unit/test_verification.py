"""Each invariant holds for what a worker really leaves behind, and breaks when that is altered by hand."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from orderflow.domain.lifecycle import State
from orderflow.domain.stored import StoredOrder
from orderflow.verification.order_rows import UnreadableOrder, state_fault
from orderflow.verification.report import ALL
from orderflow.wire.records import Topic
from tests.builders import item
from tests.unit.broken_deployments import (
    Break,
    buried_without_letter,
    changed,
    doubled,
    elsewhere,
    emptier_page,
    event,
    healthy,
    miscounted,
    moved_to,
    never_created,
    never_released,
    nonsense,
    of_command,
    older_page,
    only,
    repeated,
    reversed_page,
    stored,
    swapped,
    with_other,
    without,
)

BREAKS: list[tuple[str, str, Break]] = [
    ("everything can be read", "ord_1", stored("ord_1", lambda _: UnreadableOrder("ord_1", "no history"))),
    ("everything can be read", "ord_1", nonsense),
    (
        "a history's versions are 1 to n, the order's version",
        "ord_1",
        stored("ord_1", lambda order: replace(order, history=order.history[1:])),
    ),
    (
        "a history's versions are 1 to n, the order's version",
        "ord_1",
        stored("ord_1", lambda order: replace(order, history=order.history[:1])),
    ),
    ("an order is what its history makes of it", "ord_1", stored("ord_1", moved_to(State.DELIVERED))),
    ("statistics count every order once", "delivered", stored("ord_1", moved_to(State.DELIVERED))),
    ("an order is what its history makes of it", "ord_5", stored("ord_5", with_other(hold_reason="held again"))),
    ("an order is what its history makes of it", "ord_5", stored("ord_5", with_other(failed_attempts=0))),
    ("an order is what its history makes of it", "ord_5", stored("ord_5", with_other(items=(item(1),)))),
    ("an order is what its history makes of it", "ord_1", stored("ord_1", miscounted)),
    ("every event is in the history, to the byte", "ord_5", changed(Topic.EVENTS, event("ord_5:2"), total=1.0)),
    ("every command has an outcome or is a dead letter", "ord_1", only(Topic.OUTCOMES, without(of_command("again")))),
    ("every command has an outcome or is a dead letter", "ord_1", only(Topic.DEAD_LETTERS, lambda _: False)),
    (
        "one meaning per command of an order",
        "ord_1",
        repeated(Topic.OUTCOMES, of_command("in_transit-ord_1"), version=7),
    ),
    ("one meaning per command of an order", "ord_1", repeated(Topic.OUTCOMES, of_command("again"), state="delivered")),
    (
        "every applied outcome is in the history",
        "ord_1",
        changed(Topic.OUTCOMES, of_command("create-ord_1"), version=5),
    ),
    ("every change of a history has its outcome", "ord_1", only(Topic.OUTCOMES, without(of_command("create-ord_1")))),
    ("every verdict of a ledger has its outcome", "ord_1", changed(Topic.OUTCOMES, of_command("again"), version=5)),
    (
        "every outcome that changed nothing is in the ledger",
        "ord_1",
        stored("ord_1", lambda order: replace(order, ledger=())),
    ),
    ("an order remembers each command once", "ord_1", stored("ord_1", doubled)),
    ("every command has an outcome or is a dead letter", "ord_1", buried_without_letter),
    ("an order is what its history makes of it", "ord_1", stored("ord_1", never_created)),
    ("a cached order is stored, and not newer", "ord_1", lambda found: found.cached.update(ord_1=None)),
    (
        "history and ledger name records of their commands",
        "ord_1",
        only(Topic.COMMANDS, without(lambda each: b'"again"' in (each.value or b""))),
    ),
    ("an order's events have no gap", "ord_1", only(Topic.EVENTS, without(event("ord_1:1")))),
    ("an order's events rise on their partition", "ord_1", swapped),
    ("repeats of an event are identical", "ord_1", repeated(Topic.EVENTS, event("ord_1:2"), actor="somebody")),
    ("events are on a partition of their key", "ord_3", elsewhere),
    ("every event is in the history, to the byte", "ord_1", repeated(Topic.EVENTS, event("ord_1:2"), version=3)),
    ("every event is in the history, to the byte", "ord_1", changed(Topic.EVENTS, event("ord_1:1"), actor="somebody")),
    ("every change of a history has its event", "ord_1", only(Topic.EVENTS, without(event("ord_1:2")))),
    ("a cached order is stored, and not newer", "ord_1", lambda found: found.cached.update(ord_1=3)),
    ("a cached order is stored, and not newer", "ghost", lambda found: found.cached.update(ghost=1)),
    ("lists have every order", "ord_1", emptier_page),
    ("lists show orders as they are stored", "ord_1", older_page),
    ("lists are newest first, each order once", "ord_3", reversed_page),
]


async def test_what_a_worker_leaves_behind_breaks_nothing_and_everything_is_looked_at() -> None:
    report, gathered = await (await healthy()).verified()

    assert report.violations == 0, [found for found in report.findings if found.violations]
    assert [found.name for found in report.findings if not found.checked] == []
    assert report.counts["orders"] == 3
    assert report.repeated == {"commands": 4, "outcomes": 5, "events": 1}
    assert (gathered.pending, gathered.unchecked) == (0, {})


@pytest.mark.parametrize(("name", "order_id", "breaks"), BREAKS)
async def test_what_is_altered_by_hand_is_found_and_named(name: str, order_id: str, breaks: Break) -> None:
    found = await healthy()

    breaks(found)

    broken = await found.broken()
    assert order_id in broken.get(name, []), broken


@pytest.mark.parametrize(
    ("order_id", "alter", "said"),
    [
        ("ord_5", never_released, "version 5 moves it to in_transit while it is on hold"),
        ("ord_1", miscounted, "its total is not that of its items"),
        ("ord_5", with_other(hold_reason="held again"), "its history gives another hold_reason"),
        ("ord_5", with_other(failed_attempts=7), "its history gives another failed_attempts"),
    ],
)
async def test_what_is_wrong_with_an_order_is_said(
    order_id: str, alter: Callable[[StoredOrder], StoredOrder], said: str
) -> None:
    found = (await healthy()).orders[order_id]
    assert isinstance(found, StoredOrder)
    assert state_fault(found) is None
    assert state_fault(alter(found)) == said


def test_every_invariant_is_tried() -> None:
    assert {invariant.name for invariant in ALL} == {name for name, _, _ in BREAKS}
