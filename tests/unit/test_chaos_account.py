"""The book that chaos keeps: every way in which a promise can be broken is noticed."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from orderflow.wire.records import Topic
from tests.chaos.account import Account
from tests.chaos.mix import POISON, Mix
from tests.chaos.promises import Promises
from tests.chaos.reckoning import STATISTICS, Reckoning
from tests.chaos.run import CLEAN

CREATE, MOVE, WRONG = ("o", "create"), ("o", "move"), ("o", "wrong")
LETTER = f"k-{POISON}-1"
VERIFIED = {
    "violations": 0,
    "pending": 0,
    "orders": 1,
    "notes": [],
    "invariants": [{"name": "versions", "violations": 0, "examples": [], "unchecked": None}],
}
COUNTED = {"complete": True, "total": 1}


def kept() -> Reckoning:
    promises = Promises(accepted={MOVE}, done={CREATE}, refused={WRONG}, poison={LETTER})
    promises.orders_by_key["key"].add("o")
    account = Account(commands=4, outcomes=3, events=2, event_ids={"o:1", "o:2"})
    account.letters[LETTER] = 1
    account.ends |= {CREATE: {"applied"}, MOVE: {"applied"}, WRONG: {"transition-not-allowed"}}
    account.versions |= {CREATE: {1}, MOVE: {2}}
    return Reckoning(promises=promises, account=account, verified=VERIFIED, statistics=COUNTED)


HARMS: dict[str, tuple[Callable[[Reckoning], object], str]] = {
    "an outcome is missing": (lambda found: found.account.ends.pop(MOVE), "1 lost"),
    "a command is swallowed": (lambda found: found.account.ends.update({MOVE: {"outcome-forgotten"}}), "1 lost"),
    "a good command is buried": (lambda found: found.account.ends[MOVE].add("dead-lettered"), "1 lost"),
    "what was done is undone": (lambda found: found.account.ends.update({CREATE: {"order-exists"}}), "1 lost"),
    "poison vanishes": (lambda found: found.account.letters.clear(), "1 lost"),
    "another letter hides it": (
        lambda found: (found.account.letters.clear(), found.account.letters.update(["o"])),
        "1 lost, 0 doubled, 1 violations",
    ),
    "a command takes effect twice": (lambda found: found.account.versions[MOVE].add(3), "1 doubled"),
    "one key makes two orders": (lambda found: found.promises.orders_by_key["key"].add("p"), "1 doubled"),
    "what was refused is done": (lambda found: found.account.ends[WRONG].add("applied"), "1 doubled"),
    "a stale read": (lambda found: found.promises.broken.append("old"), "1 violations"),
}


def test_a_run_that_kept_its_promises_is_clean() -> None:
    assert kept().summary == CLEAN


@pytest.mark.parametrize(("harm", "said"), HARMS.values(), ids=HARMS.keys())
def test_every_broken_promise_is_noticed(harm: Callable[[Reckoning], object], said: str) -> None:
    found = kept()
    harm(found)
    assert said in found.summary


@pytest.mark.parametrize(
    "verified",
    [
        {"pending": 1},
        {"invariants": [{"name": "n", "violations": 2, "examples": [{"order_id": "o"}], "unchecked": None}]},
        {"invariants": [{"name": "cache", "violations": 0, "examples": [], "unchecked": "Redis does not answer"}]},
    ],
)
def test_what_was_found_or_left_out_by_the_verification_counts(verified: dict[str, object]) -> None:
    found = Reckoning(promises=Promises(), account=Account(), verified=VERIFIED | verified, statistics=COUNTED)
    assert found.violations
    assert found.summary != CLEAN


def test_a_crash_counts() -> None:
    found = replace(kept(), crashes=["worker-1 ended by itself"])
    assert found.summary == "0 lost, 0 doubled, 1 violations"


def test_repeats_are_deliveries_beyond_the_first() -> None:
    found = kept().account
    found.outcomes += 2
    found.events += 1
    assert found.repeated == 3


def test_a_seed_fixes_the_mix_and_it_holds_every_kind() -> None:
    records = [[Mix(Random(seed), "m").next() for _ in range(1)] for seed in (1, 1)]
    assert records[0] == records[1]
    mix = Mix(Random(7), "m")
    made = [mix.next() for _ in range(3_000)]
    assert {sent.message.topic for sent in made} == {Topic.COMMANDS}
    commands = [sent.command for sent in made if sent.command]
    assert len(set(commands)) < len(commands), "repeats and reused ids"
    assert any(sent.command is None for sent in made), "poison"


@pytest.mark.parametrize("shown", [{"total": 2}, {"complete": False}])
def test_statistics_that_are_not_those_of_the_orders_count(shown: dict[str, object]) -> None:
    found = replace(kept(), statistics=COUNTED | shown)
    assert [violation for violation in found.violations if violation.startswith("GET /stats counts ")]


def test_statistics_that_were_not_compared_count() -> None:
    invariant = {"name": STATISTICS, "checked": 0, "violations": 0, "examples": [], "unchecked": None}
    found = replace(kept(), verified=VERIFIED | {"invariants": [invariant]})
    assert [violation for violation in found.violations if "not compared" in violation]
