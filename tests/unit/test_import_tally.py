"""What an import counts and says."""

import re
from dataclasses import replace

import pytest

from orderflow.cli.command_lines import BadLine
from orderflow.cli.import_progress import SHOWN, Tally
from orderflow.domain import problems
from orderflow.domain.outcome import Outcome, Status
from orderflow.streaming.command_exchange import Outgoing
from tests.builders import applied

COMMAND = Outgoing(line=7, order_id="ord_1", command_id="c", fingerprint="f", value=b"{}")
APPLIED = applied()
REJECTED = replace(APPLIED, status=Status.REJECTED, error=problems.order_exists("ord_1"))


@pytest.mark.parametrize(
    ("answer", "counted"),
    [
        (APPLIED, "applied 1, unchanged 0, rejected 0, "),
        (replace(APPLIED, replayed=True), "applied 0, unchanged 1, rejected 0, "),
        (REJECTED, "applied 0, unchanged 0, rejected 1, "),
        (replace(REJECTED, replayed=True), "applied 0, unchanged 0, rejected 1, "),
    ],
)
def test_a_repeated_outcome_counts_as_unchanged(answer: Outcome, counted: str) -> None:
    tally = Tally(lambda _: None)
    tally.begin()
    tally.answer(COMMAND, answer)
    assert re.fullmatch(re.escape(counted) + r"[0-9]+ orders/s", tally.summary())
    assert tally.clean is (answer.error is None)


def test_rejected_orders_are_named_with_line_and_problem_up_to_a_number() -> None:
    said: list[str] = []
    tally = Tally(said.append)
    for _ in range(SHOWN + 5):
        tally.answer(COMMAND, REJECTED)
    assert said == ["line 7: rejected: Order ord_1 exists already."] * SHOWN + ["no further rejected order is named"]


def test_a_bad_line_makes_it_unclean() -> None:
    said: list[str] = []
    tally = Tally(said.append)
    tally.refuse(BadLine(line=3, reason="client_id: Field required"))
    assert said == ["line 3: client_id: Field required"]
    assert not tally.clean
