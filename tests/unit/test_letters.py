"""Dead letters written and read back: what they keep, what they count, what others may write there."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.wire.commands import Stage
from orderflow.wire.letter_json import encode_letter, encode_letter_whole
from orderflow.wire.letters import LetterId, Origin, letter_id, put_back, read_letter
from orderflow.wire.moments import read_moment
from orderflow.wire.records import Topic
from tests.builders import NOW
from tests.letters import COMMANDS, command_record, letter, letter_message, stands

HEADERS = (("traceparent", b"t"), ("x-other", b"\xff"), ("traceparent", b"u"))


def test_a_letter_is_read_as_it_was_written() -> None:
    found = letter(command_record(headers=HEADERS), offset=17)
    assert (found.id, str(found.id)) == (LetterId(0, 17), "0-17")
    assert found.origin == Origin(topic=COMMANDS.topic, partition=1, offset=7)
    assert (found.at, found.stage, found.group) == (NOW, Stage.DECODE, "x.orderflow-worker")
    assert (found.error_class, found.error_message, found.replays) == ("MalformedJson", "Invalid JSON", 0)


def test_what_is_put_back_keeps_key_value_and_headers_and_counts() -> None:
    message = put_back(letter(command_record(headers=HEADERS)))
    assert (message.topic, message.key, message.value, message.partition) == (
        Topic.COMMANDS,
        b"ord_1",
        b"not json",
        None,
    )
    assert message.headers == [*HEADERS, ("x-dlq-replays", b"1")]


@pytest.mark.parametrize(
    "part", [{"key": b"k" * 2**22}, {"value": b"v" * 2**22}, {"headers": (("h", b"x" * 2**21), ("i", b"y" * 2**21))}]
)
def test_of_a_record_too_large_for_any_letter_the_place_is_kept(part: dict[str, Any]) -> None:
    found = letter(command_record(**part))
    assert (found.record.key, found.record.value, found.headers) == (None, None, [])
    assert found.origin == Origin(topic=COMMANDS.topic, partition=1, offset=7)
    assert "too large to be kept" in (found.error_message or "")


def test_a_record_without_a_key_or_value_keeps_its_partition() -> None:
    message = put_back(letter(command_record(key=None, value=None, partition=3)))
    assert (message.key, message.value, message.partition) == (None, None, 3)


def test_a_record_that_fails_again_counts_on() -> None:
    again = command_record(headers=tuple(put_back(letter()).headers))
    assert letter(again).replays == 1
    assert put_back(letter(again)).headers == [("x-dlq-replays", b"2")]


@pytest.mark.parametrize("said", [b"", b"many", b"-1", b"1e3", b"9" * 5000, b"\xff", "٣".encode(), None])
def test_a_count_that_nobody_here_wrote_is_none(said: bytes | None) -> None:
    forged = letter_message(command_record(headers=(("x-dlq-replays", said),)))  # type: ignore[arg-type]
    assert dict(forged.headers)["x-dlq-replays"] == b"0"
    record = replace(stands(letter_message(command_record())), headers=(("x-dlq-replays", said),))  # type: ignore[arg-type]
    assert read_letter(record).replays == 0


def test_a_record_of_somebody_else_is_a_letter_that_says_nothing() -> None:
    found = read_letter(replace(command_record(), headers=(("x-dlq-at", b"2026-01-01T00:00:00"),)))
    assert (found.origin, found.at, found.stage, found.error_class) == (None, None, None, None)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["x-dlq-topic", "x-dlq-partition", "x-dlq-offset", "x-dlq-at", "x-dlq-stage", "x-dlq-replays"]
            ),
            st.none() | st.binary(max_size=12) | st.integers(0, 10**20).map(lambda number: b"%d" % number),
        )
    ),
    st.none() | st.binary(max_size=8),
    st.none() | st.binary(max_size=8),
)
def test_whatever_stands_on_the_topic_is_read_and_shown(
    headers: list[tuple[str, bytes]], key: bytes | None, value: bytes | None
) -> None:
    found = read_letter(replace(command_record(key=key, value=value), headers=tuple(headers)))
    assert encode_letter(found)
    assert encode_letter_whole(found)
    assert put_back(found).value == value


def test_letters_of_one_record_have_one_content() -> None:
    first = letter(command_record(headers=HEADERS))
    again = letter(command_record(99, headers=tuple(put_back(first).headers)))
    assert first.content == again.content
    assert first.content != letter(command_record(headers=HEADERS, value=b"{}")).content


@pytest.mark.parametrize("text", ["", "3", "3-", "-3-1", "3-1-2", "a-b", "3-1\n", "3-\u0661", "9" * 20 + "-1"])
def test_an_id_is_a_partition_and_an_offset(text: str) -> None:
    assert letter_id("3-17") == LetterId(3, 17)
    with pytest.raises(ValueError, match="PARTITION-OFFSET"):
        letter_id(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("90s", NOW - timedelta(seconds=90)),
        ("2h", NOW - timedelta(hours=2)),
        ("7d", NOW - timedelta(days=7)),
        ("2026-01-01", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01T10:00:00+02:00", datetime(2026, 1, 1, 8, tzinfo=UTC)),
        ("2026-01-01T10:00:00Z", datetime(2026, 1, 1, 10, tzinfo=UTC)),
    ],
)
def test_a_moment_is_a_time_or_an_age(text: str, moment: datetime) -> None:
    assert read_moment(text, NOW) == moment


@pytest.mark.parametrize("text", ["", "soon", "2w", "999999d", "2026-13-01", "0001-01-01T00:00:00+12:00", "٢h"])
def test_what_is_no_moment_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ValueError, match="ISO 8601 time, or an age"):
        read_moment(text, NOW)
