import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderflow.wire.positions import Position, PositionError, decode_position, encode_position

OFFSETS = st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=20).map(tuple)
POSITIONS = st.builds(Position, st.integers(0, 2**32 - 1), OFFSETS)


@given(POSITIONS)
def test_a_position_comes_back_as_it_was(position: Position) -> None:
    word = encode_position(position, "order_events")

    assert word.isascii()
    assert decode_position(word, "order_events") == position


@given(POSITIONS, st.data())
def test_a_word_with_one_character_changed_is_refused(position: Position, data: st.DataObject) -> None:
    word = encode_position(position, "order_events")
    place = data.draw(st.integers(0, len(word) - 1))
    other = data.draw(st.sampled_from("ABCXYZabcxyz0189-_=\x00é").filter(lambda character: character != word[place]))

    with pytest.raises(PositionError):
        decode_position(f"{word[:place]}{other}{word[place + 1 :]}", "order_events")


@given(POSITIONS)
def test_a_position_of_another_topic_is_refused(position: Position) -> None:
    with pytest.raises(PositionError):
        decode_position(encode_position(position, "t.order_events"), "order_events")


@given(
    st.text(max_size=40) | st.binary(max_size=40).map(lambda told: base64.urlsafe_b64encode(told).decode().rstrip("="))
)
def test_anything_else_is_refused(word: str) -> None:
    with pytest.raises(PositionError):
        decode_position(word, "order_events")


def test_eight_partitions_with_millions_of_events_take_fifty_characters() -> None:
    assert len(encode_position(Position(2**32 - 1, (2**24 - 1,) * 8), "order_events")) <= 50
