"""Raw command lines: which can be sent, and how their outcomes will name them."""

import asyncio
import io
import time
from collections.abc import Sequence
from dataclasses import replace

import orjson
import pytest

from orderflow.cli.command_lines import BadLine, read_command
from orderflow.cli.in_thread import in_thread
from orderflow.cli.lines import MAX_LINE_BYTES, numbered_lines
from orderflow.domain.limits import MAX_RECORD_BYTES
from orderflow.domain.outcome import Outcome
from orderflow.streaming.command_exchange import CommandExchange, ExchangeStoppedError, Outgoing
from orderflow.streaming.outcome_board import OutcomeBoard
from orderflow.wire.commands import parse_command
from orderflow.wire.fingerprint import fingerprint_of
from orderflow.wire.outcomes import encode_outcome
from orderflow.wire.records import Message
from tests.builders import applied

CHANGE = {"type": "change_state", "command_id": "c-1", "order_id": "ord_1", "new_state": "in_transit"}


def line(**fields: object) -> bytes:
    return orjson.dumps(CHANGE | fields)


def test_a_valid_command_is_known_by_its_fingerprint() -> None:
    read = read_command(7, line() + b"\r")
    assert isinstance(read, Outgoing)
    assert (read.line, read.value) == (7, line())
    assert read.key == ("ord_1", "c-1", fingerprint_of(parse_command(line())))


def test_a_command_that_breaks_a_limit_is_sent_and_has_no_fingerprint() -> None:
    read = read_command(1, line(new_state="flying"))
    assert isinstance(read, Outgoing)
    assert read.key == ("ord_1", "c-1", None)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (b"nonsense", "line 3: Invalid JSON"),
        (b"[]", "line 3: "),
        (line(command_id="bad id"), "line 3: #/command_id must be 1 to 128 characters"),
        (orjson.dumps({"command_id": "c-1"}), "line 3: #/order_id "),
        (line(note="x" * MAX_RECORD_BYTES), "line 3: longer than 1048576 bytes"),
    ],
)
def test_a_line_without_an_outcome_is_named_with_its_field(value: bytes, said: str) -> None:
    read = read_command(3, value)
    assert isinstance(read, BadLine)
    assert str(read).startswith(said)


def test_lines_are_numbered_however_they_are_cut_and_blank_ones_left_out() -> None:
    class Drops(io.BytesIO):
        def read(self, _: int | None = -1) -> bytes:
            return super().read(3)

    lines = [each for some in numbered_lines(Drops(b"\xef\xbb\xbfone\n\n  \nfour\nfive")) for each in some]
    assert lines == [(1, b"one"), (4, b"four"), (5, b"five")]


def test_an_endless_line_is_cut_and_the_next_one_read() -> None:
    source = io.BytesIO(b"x" * (3 * MAX_LINE_BYTES) + b"\nnext\n")
    first, second = [each for some in numbered_lines(source) for each in some]
    assert MAX_LINE_BYTES < len(first[1]) < 2 * MAX_LINE_BYTES
    assert second == (2, b"next")


async def test_a_failing_source_fails_its_reader() -> None:
    with pytest.raises(UnicodeDecodeError):
        assert [each async for each in in_thread(each.decode() for each in (b"a", b"\xff"))]


class Answering:
    """A publisher whose board hears the outcome of every command, or of none."""

    def __init__(self, board: OutcomeBoard, *, deaf: bool = False, failures: int = 0) -> None:
        self.board = board
        self.deaf = deaf
        self.failures = failures
        self.batches: list[int] = []

    async def publish(self, messages: Sequence[Message]) -> Sequence[Message]:
        if self.failures:
            self.failures -= 1
            return messages
        self.batches.append(len(messages))
        for message in messages if not self.deaf else ():
            asyncio.get_running_loop().call_soon(self.board.receive, encode_outcome(outcome(message.value or b"")))
        return ()


def outcome(value: bytes) -> Outcome:
    command = parse_command(value)
    return replace(
        applied(command.order_id, command.command_id), type=command.type, fingerprint=fingerprint_of(command)
    )


def outgoing(number: int) -> Outgoing:
    read = read_command(number, line(command_id=f"c-{number}"))
    assert isinstance(read, Outgoing)
    return read


@pytest.fixture
def board() -> OutcomeBoard:
    return OutcomeBoard(time.monotonic)


def exchange(publisher: Answering, heard: list[int], *, window: int = 5, patience: float = 5.0) -> CommandExchange:
    return CommandExchange(
        publisher=publisher,
        board=publisher.board,
        answered=lambda command, _: heard.append(command.line),
        patience=patience,
        window=window,
    )


async def test_no_more_than_the_window_is_under_way(board: OutcomeBoard) -> None:
    publisher, heard = Answering(board), list[int]()
    commands = exchange(publisher, heard)
    await commands.send([outgoing(number) for number in range(12)])
    await commands.drained()
    assert max(publisher.batches) == 5
    assert sorted(heard) == list(range(12))


async def test_a_repeat_is_held_back_until_the_first_is_answered(board: OutcomeBoard) -> None:
    publisher, heard = Answering(board), list[int]()
    commands = exchange(publisher, heard)
    await commands.send([outgoing(1), outgoing(1), outgoing(2)])
    await commands.drained()
    assert publisher.batches == [1, 2]
    assert heard == [1, 1, 2]


async def test_what_was_not_delivered_is_sent_again(board: OutcomeBoard) -> None:
    publisher, heard = Answering(board, failures=2), list[int]()
    commands = exchange(publisher, heard)
    await commands.send([outgoing(1)])
    await commands.drained()
    assert heard == [1]


@pytest.mark.parametrize(("failures", "said"), [(0, "1 missing: does a worker"), (1_000, "took no commands")])
async def test_it_gives_up_and_says_what_to_check(board: OutcomeBoard, failures: int, said: str) -> None:
    commands = exchange(Answering(board, deaf=True, failures=failures), [], patience=0.1)
    with pytest.raises(ExchangeStoppedError, match=said):
        await _to_the_end(commands, outgoing(1))
    commands.abandon()


async def _to_the_end(commands: CommandExchange, command: Outgoing) -> None:
    await commands.send([command])
    await commands.drained()
