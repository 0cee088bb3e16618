"""`orderflow dlq` as it is typed: what it explains and what it refuses before any server is asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from click.testing import CliRunner

from orderflow.cli.dlq import dlq
from orderflow.cli.plain_text import plain
from orderflow.processing.dead_letter_desk import DeadLetterDesk
from orderflow.settings import Settings
from tests.letters import Post, command_record


def said(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(dlq, list(words))
    return done.exit_code, done.output


@pytest.mark.parametrize("command", ["list", "show", "replay", "purge"])
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    code, text = said(command, "--help")
    assert (code, "Example: orderflow dlq" in text) == (0, True)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["replay"], "or say --all"),
        (["purge", "--yes"], "or say --all"),
        (["replay", "17"], "'17' must be PARTITION-OFFSET"),
        (["show", "a-b"], "'a-b' must be PARTITION-OFFSET"),
        (["list", "--since", "soon"], "'soon' must be an ISO 8601 time, or an age"),
        (["list", "--stage", "gone"], "'gone' is not one of 'decode', 'validate', 'apply'"),
        (["list", "--limit", "0"], "--limit"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_reason(words: list[str], reason: str) -> None:
    code, text = said(*words)
    assert code == 2
    assert reason in text


def test_without_kafka_it_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int) -> None:
    monkeypatch.setenv("ORDERFLOW_KAFKA_BROKERS", f"127.0.0.1:{unused_tcp_port}")
    code, text = said("list")
    assert code == 1
    assert text.startswith(f"Error: Kafka does not answer at 127.0.0.1:{unused_tcp_port}: start it")
    assert text.count("\n") == 1


@pytest.mark.parametrize("words", [["--all"], ["--key", "ord_1"]])
def test_a_purge_deletes_only_what_it_had_counted(monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    post = Post()
    post.receive(command_record(0))
    opened = []

    @asynccontextmanager
    async def open_desk(_: Settings) -> AsyncIterator[DeadLetterDesk]:
        if opened:
            post.receive(command_record(1))
        opened.append(post)
        yield post.desk

    monkeypatch.setattr("orderflow.cli.dlq_purge.open_desk", open_desk)
    done = CliRunner().invoke(dlq, ["purge", *words], input="y\n")
    assert (done.exit_code, done.output.endswith("purged 1, held back 0\n")) == (0, True)
    assert [record.offset for record in post.log.partitions[0]] == [1]


def test_a_letter_cannot_move_the_terminals_cursor() -> None:
    assert plain("a\x1b[2J\r\u202eb\nß") == "a\\x1b[2J\\r\\u202eb\nß"
