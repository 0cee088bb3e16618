"""Commands that come again: what an order remembers decides, rule by rule."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from orderflow.adapters.mongo_documents import stored_order_of, write_of
from orderflow.domain.commands import Command
from orderflow.domain.handle import Effect, handle
from orderflow.domain.lifecycle import State
from orderflow.domain.limits import MAX_LEDGER
from orderflow.domain.outcome import Status
from orderflow.domain.stored import Coordinates, Received, StoredOrder
from orderflow.wire.events import event_message
from orderflow.wire.outcomes import encode_outcome
from tests.builders import NOW, RULES, cancel_order, change_state, create_order, received, revised

LOG = "test/order_commands"
UNCHANGED = change_state(new_state=State.CREATED)


def at(command: Command, offset: int, timestamp: int | None = None, *, log: str = LOG, partition: int = 0) -> Received:
    stamp = offset if timestamp is None else timestamp
    place = Coordinates(log=log, partition=partition, offset=offset, timestamp=stamp)
    return replace(received(command), coordinates=place)


def folded(*records: Received) -> StoredOrder:
    stored: StoredOrder | None = None
    for record in records:
        stored = handle(stored, record, NOW, RULES).stored
    assert stored is not None
    return stored


def again(stored: StoredOrder, record: Received) -> Effect:
    """Handled a second after everything else; a repeat writes nothing."""
    effect = handle(stored, record, NOW + timedelta(seconds=1), RULES)
    assert effect.stored is stored
    return effect


def error_of(effect: Effect) -> str:
    assert effect.outcome.status == Status.REJECTED
    assert effect.outcome.error is not None
    assert effect.change is None
    return effect.outcome.error.type


CREATED = at(create_order(), 10)
MOVED = at(change_state(), 11)
REFUSED = at(change_state(new_state=State.RETURNED), 12)
ORDER = folded(CREATED, MOVED, REFUSED)


def test_to_a_stranger_an_order_is_none() -> None:
    stranger, owner = (replace(change_state(new_state=State.CONFIRMED), client_id=name) for name in ("x", "client-123"))
    stored = folded(CREATED)
    effect = again(stored, at(stranger, 11))
    assert (error_of(effect), effect.outcome.version, effect.outcome.state) == ("order-not-found", None, None)
    assert handle(stored, at(owner, 12), NOW, RULES).outcome.status is Status.APPLIED
    assert error_of(handle(stored, at(create_order(client_id="x"), 13), NOW, RULES)) == "command-id-reused"


def test_a_record_before_the_creation_finds_no_order() -> None:
    effect = again(ORDER, at(cancel_order(), 9))
    assert (error_of(effect), effect.outcome.replayed) == ("order-not-found", False)
    assert (effect.outcome.version, effect.outcome.state, effect.outcome.is_lasting) == (None, None, False)


def test_a_creation_before_the_creation_was_refused_its_reference() -> None:
    effect = again(ORDER, at(create_order(external_ref="taken"), 9))
    assert (error_of(effect), effect.outcome.replayed) == ("external-ref-taken", False)


@pytest.mark.parametrize("record", [MOVED, REFUSED])
def test_a_record_before_that_of_its_id_was_handled_already(record: Received) -> None:
    stored = folded(CREATED, at(record.command, 20))
    effect = again(stored, record)
    assert (error_of(effect), effect.outcome.replayed) == ("outcome-forgotten", True)


@pytest.mark.parametrize("record", [MOVED, REFUSED])
def test_an_id_of_another_command_is_reused(record: Received) -> None:
    other = replace(cancel_order(), command_id=record.command.command_id)
    for place in (record, at(other, 30), at(other, 0, log="another")):
        effect = again(ORDER, replace(received(other), coordinates=place.coordinates))
        assert (error_of(effect), effect.outcome.replayed) == ("command-id-reused", False)


@pytest.mark.parametrize("record", [CREATED, MOVED])
def test_the_same_record_repeats_its_outcome_and_its_event(record: Received) -> None:
    effect = again(ORDER, record)
    change = ORDER.entry_of(record.command.command_id)
    assert (effect.outcome.status, effect.outcome.replayed) == (Status.APPLIED, False)
    assert effect.change is change


def test_the_same_refused_record_repeats_its_outcome_without_an_event() -> None:
    effect = again(ORDER, REFUSED)
    assert (effect.outcome, effect.change) == (ORDER.ledger[0].outcome, None)


@pytest.mark.parametrize("record", [CREATED, MOVED, REFUSED])
def test_a_later_record_is_a_duplicate_without_an_event(record: Received) -> None:
    effect = again(ORDER, at(record.command, 30))
    assert effect.outcome == replace(again(ORDER, record).outcome, replayed=True)
    assert effect.change is None


@pytest.mark.parametrize(("log", "partition"), [("another", 0), (LOG, 1)])
@pytest.mark.parametrize("record", [CREATED, MOVED, REFUSED])
def test_a_record_that_cannot_be_compared_repeats_outcome_and_event(record: Received, log: str, partition: int) -> None:
    effect = again(ORDER, at(record.command, 3, log=log, partition=partition))
    first = again(ORDER, record)
    assert effect.outcome == replace(first.outcome, replayed=True)
    assert effect.change is first.change


@pytest.mark.parametrize(("offset", "timestamp"), [(12, 12), (11, 12), (11, 11)])
def test_an_unknown_record_at_or_before_the_mark_was_handled_already(offset: int, timestamp: int) -> None:
    effect = again(ORDER, at(cancel_order(), offset, timestamp))
    assert (error_of(effect), effect.outcome.replayed) == ("outcome-forgotten", True)


def test_an_unknown_record_after_the_mark_is_decided() -> None:
    effect = handle(ORDER, at(cancel_order(), 13), NOW, RULES)
    assert (effect.outcome.status, effect.outcome.replayed) == (Status.APPLIED, False)


def test_the_same_offset_of_a_refilled_log_is_another_record() -> None:
    assert handle(ORDER, at(cancel_order(), 12, 99), NOW, RULES).outcome.status == Status.APPLIED


def test_a_refilled_log_replaces_the_mark() -> None:
    stored = handle(ORDER, at(UNCHANGED, 2, 99), NOW, RULES).stored
    assert stored is not None
    assert stored.sources == (Coordinates(log=LOG, partition=0, offset=2, timestamp=99),)
    assert handle(stored, at(cancel_order(), 3, 99), NOW, RULES).outcome.status == Status.APPLIED


def test_a_mark_moves_on_but_never_back_in_time() -> None:
    stored = handle(ORDER, at(UNCHANGED, 20, 5), NOW, RULES).stored
    assert stored is not None
    assert stored.sources == (Coordinates(log=LOG, partition=0, offset=20, timestamp=12),)


def test_only_the_newest_four_sources_are_kept() -> None:
    places = [(LOG, 1), ("another", 0), (LOG, 2), (LOG, 0), ("third", 0)]
    records = [
        at(replace(UNCHANGED, command_id=f"c{number}"), 20 + number, log=log, partition=partition)
        for number, (log, partition) in enumerate(places)
    ]
    stored = folded(CREATED, *records)
    assert [(mark.log, mark.partition) for mark in stored.sources] == places[1:]


def test_an_outcome_that_left_the_ledger_is_forgotten_but_not_forgiven() -> None:
    records = [at(replace(UNCHANGED, command_id=f"c{number}"), 20 + number) for number in range(MAX_LEDGER + 1)]
    stored = folded(CREATED, *records)
    assert len(stored.ledger) == 64
    assert error_of(again(stored, records[0])) == "outcome-forgotten"
    assert again(stored, records[1]).outcome.status == Status.UNCHANGED


def test_an_applied_change_is_never_forgotten() -> None:
    records = [at(replace(UNCHANGED, command_id=f"c{number}"), 20 + number) for number in range(MAX_LEDGER + 1)]
    assert again(folded(CREATED, MOVED, *records), MOVED).change is not None


def test_a_repeat_of_a_command_for_an_order_never_made_is_decided_again() -> None:
    effect = handle(None, MOVED, NOW, RULES)
    assert (effect.stored, error_of(effect), effect.outcome.replayed) == (None, "order-not-found", False)


moves = some.builds(change_state, new_state=some.sampled_from(State)) | some.just(cancel_order())


@settings(max_examples=60)
@given(some.lists(moves, max_size=10), some.integers(-(10**6), 10**6))
def test_redelivery_repeats_every_outcome_and_event_byte_for_byte(moves: list[Command], skew: int) -> None:
    commands = [create_order(), *(replace(move, command_id=f"c{number}") for number, move in enumerate(moves))]
    records = [at(command, offset) for offset, command in enumerate(commands)]
    stored: StoredOrder | None = None
    effects = []
    for number, record in enumerate(records):
        effects.append(handle(stored, record, NOW + timedelta(milliseconds=number * skew), RULES))
        stored = effects[-1].stored
    assert stored is not None
    kept = stored_order_of(write_of(revised(stored)).document)
    for record, first in zip(records, effects, strict=True):
        repeat = again(kept, record)
        assert encode_outcome(repeat.outcome) == encode_outcome(first.outcome)
        assert (repeat.change is None) == (first.change is None)
        if repeat.change and first.change:
            assert event_message(repeat.change, "/orderflow") == event_message(first.change, "/orderflow")
