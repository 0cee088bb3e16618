"""Bytes to numbered lines, as they come."""

from collections.abc import Iterator
from typing import Protocol

BLOCK_BYTES = 2**17
MAX_LINE_BYTES = 4 * 2**20
"""A longer line, which no order needs, is cut to something that is still longer than this."""

NumberedLine = tuple[int, bytes]


class Source(Protocol):
    """Gives what there is, at most `size` bytes, without waiting for more; nothing at the end."""

    def read(self, size: int, /) -> bytes | None: ...


def numbered_lines(source: Source) -> Iterator[list[NumberedLine]]:
    """The lines of one block after another, without blank ones; the first line has number 1."""
    number, rest = 0, b""
    while block := source.read(BLOCK_BYTES):
        *lines, tail = block.split(b"\n")
        if lines:
            lines[0] = rest + lines[0]
            rest = b""
        rest = (rest + tail)[: MAX_LINE_BYTES + 1]
        yield list(_filled(lines, number))
        number += len(lines)
    yield list(_filled([rest], number))


def _filled(lines: list[bytes], before: int) -> Iterator[NumberedLine]:
    for number, line in enumerate(lines, before + 1):
        text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if text and not text.isspace():
            yield number, text
