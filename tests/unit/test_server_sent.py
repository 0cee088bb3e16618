"""Blocks of Server-Sent Events, however they are cut into chunks."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from orderflow.client.server_sent import Block, BlockReader

STREAM = (
    b'retry: 2000\n:\n\nid: a:1\ndata: {"n": 1}\n\nid: a:2\r\nevent: reset\r\ndata: one\r\ndata:two\r\n\r\n'
    b"id: a:3\n\nlater: 1\nretry: soon\nid: x\0y\ndata\n\n"
)
BLOCKS = [
    Block(retry=2000),
    Block(id="a:1", data='{"n": 1}'),
    Block(id="a:2", event="reset", data="one\ntwo"),
    Block(id="a:3"),
    Block(data=""),
]


def read(chunks: Iterable[bytes]) -> list[Block]:
    reader = BlockReader()
    return [block for chunk in chunks for block in reader.read(chunk)]


@given(st.lists(st.integers(0, len(STREAM)), max_size=12).map(sorted))
def test_blocks_are_the_same_however_they_are_cut(cuts: list[int]) -> None:
    assert read(STREAM[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(STREAM)], strict=True)) == BLOCKS


@given(st.integers(0, len(STREAM) - 1))
def test_a_block_without_its_end_is_none(cut: int) -> None:
    found = read([STREAM[:cut]])
    assert found == BLOCKS[: len(found)]
    assert len(found) < len(BLOCKS)


def test_an_event_may_be_larger_than_any_line_that_aiohttp_reads() -> None:
    data = b"x" * 4 * 2**20
    stream = b"data: %s\n\n" % data
    [block] = read(stream[at : at + 2**16] for at in range(0, len(stream), 2**16))
    assert block.data == data.decode()
