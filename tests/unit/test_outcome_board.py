"""The board: wakes exactly who waits, and remembers what is recent."""

import asyncio
from dataclasses import replace

import orjson
import pytest

from orderflow.domain.outcome import Outcome, Status
from orderflow.domain.problems import Problem, command_id_reused, order_not_found
from orderflow.ports import Pending
from orderflow.streaming import outcome_board
from orderflow.streaming.outcome_board import BYPASS_SECONDS, OutcomeBoard
from orderflow.wire.outcomes import CACHE_SKIPPED, encode_outcome, outcome_message
from tests.builders import applied

APPLIED = applied("o", "c")


def show(board: OutcomeBoard, outcome: Outcome, *, cached: bool = True) -> None:
    message = outcome_message(outcome, encode_outcome(outcome), cached=cached)
    board.receive(message.value, message.headers)


async def test_an_outcome_wakes_everyone_who_waits_for_it() -> None:
    board = OutcomeBoard(lambda: 0.0)
    waiting = [board.expect("o", "c", "f"), board.expect("o", "c", "f")]
    show(board, APPLIED)
    assert await asyncio.gather(*waiting) == [APPLIED, APPLIED]


@pytest.mark.parametrize("other", [{"order_id": "p"}, {"command_id": "d"}, {"fingerprint": "g"}, {"fingerprint": None}])
async def test_another_commands_outcome_wakes_nobody(other: dict[str, str]) -> None:
    board = OutcomeBoard(lambda: 0.0)
    waiting = board.expect("o", "c", "f")
    show(board, replace(APPLIED, **other))
    assert not waiting.done()
    waiting.cancel()


async def test_who_waits_no_longer_is_forgotten() -> None:
    board = OutcomeBoard(lambda: 0.0)
    waiting, staying = board.expect("o", "c", "f"), board.expect("o", "c", "f")
    waiting.cancel()
    await asyncio.sleep(0)
    show(board, APPLIED)
    assert await staying == APPLIED
    await asyncio.sleep(0)
    assert not board._waiting  # noqa: SLF001 - that nothing is kept shows nowhere else


def test_the_newest_version_never_goes_back() -> None:
    board = OutcomeBoard(lambda: 0.0)
    show(board, replace(APPLIED, version=3))
    show(board, replace(APPLIED, version=2, replayed=True))
    assert (board.newest_version("o"), board.newest_version("p")) == (3, 0)


def test_an_outcome_replaces_the_mark_of_a_pending_command() -> None:
    board = OutcomeBoard(lambda: 0.0)
    assert board.outcome("o", "c") is None
    board.mark_pending("o", "c", "f")
    assert board.outcome("o", "c") == Pending("f")
    show(board, APPLIED)
    board.mark_pending("o", "c", "f")
    assert board.outcome("o", "c") == encode_outcome(APPLIED)


def test_a_reused_id_does_not_hide_the_commands_own_outcome() -> None:
    board = OutcomeBoard(lambda: 0.0)
    show(board, APPLIED)
    show(board, replace(APPLIED, status=Status.REJECTED, error=command_id_reused("c"), fingerprint="g"))
    assert board.outcome("o", "c") == encode_outcome(APPLIED)


def test_a_rejection_is_remembered() -> None:
    board = OutcomeBoard(lambda: 0.0)
    show(board, replace(APPLIED, status=Status.REJECTED, error=Problem(type="order-exists", title="", detail="")))
    assert board.outcome("o", "c")


def test_a_skipped_cache_is_bypassed_for_a_while() -> None:
    now = 100.0
    board = OutcomeBoard(lambda: now)
    assert not board.bypasses_lists
    show(board, APPLIED, cached=False)
    assert (board.bypasses("o"), board.bypasses("p"), board.bypasses_lists) == (True, False, True)
    now += BYPASS_SECONDS
    assert (board.bypasses("o"), board.bypasses_lists) == (False, False)


def test_lists_go_round_the_cache_while_what_mongodb_told_is_not_heard() -> None:
    now = 100.0
    board = OutcomeBoard(lambda: now)
    board.learn("o", "c", 2)
    assert (board.bypasses("o"), board.bypasses_lists, board.newest_version("o")) == (False, True, 2)

    show(board, replace(APPLIED, version=None, status=Status.REJECTED))
    assert board.bypasses_lists, "it was refused before its order was there, and that is heard late"
    show(board, APPLIED)
    assert not board.bypasses_lists


def test_lists_go_round_the_cache_for_no_longer_than_a_page_is_cached() -> None:
    now = 100.0
    board = OutcomeBoard(lambda: now)
    board.learn("o", "c", 2)
    now += BYPASS_SECONDS - 1
    board.learn("p", "c", 1)
    now += 1
    assert board.bypasses_lists
    now += BYPASS_SECONDS
    assert not board.bypasses_lists


async def test_what_nobody_here_can_read_says_that_the_cache_was_skipped() -> None:
    board = OutcomeBoard(lambda: 100.0)
    future = board.expect("o", "c", APPLIED.fingerprint)
    later = orjson.dumps(orjson.loads(encode_outcome(APPLIED)) | {"status": "of a later version"})
    board.receive(later, [CACHE_SKIPPED])
    assert board.bypasses_lists
    future.cancel()


def test_only_so_much_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcome_board, "MAX_OUTCOMES", 2)
    board = OutcomeBoard(lambda: 0.0)
    for number in range(3):
        show(board, replace(APPLIED, command_id=f"c{number}"))
    assert [board.outcome("o", f"c{number}") is not None for number in range(3)] == [False, True, True]


@pytest.mark.parametrize(
    "value", [None, b"", b"junk", b"[]", b"{}", b'{"order_id": 1}', b'{"order_id": [], "command_id": 1}']
)
def test_a_record_that_is_no_outcome_is_skipped(value: bytes | None) -> None:
    OutcomeBoard(lambda: 0.0).receive(value)


def test_a_rejection_that_no_order_remembers_hides_no_outcome_and_is_replaced_by_one() -> None:
    board = OutcomeBoard(lambda: 0.0)
    early = replace(APPLIED, status=Status.REJECTED, error=order_not_found("o"), version=None)
    show(board, early)
    assert board.outcome("o", "c") == encode_outcome(early)
    show(board, APPLIED)
    show(board, early)
    assert board.outcome("o", "c") == encode_outcome(APPLIED)
