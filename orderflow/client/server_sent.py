"""Server-Sent Events out of the chunks that they come in (HTML Living Standard, 9.2.6)."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Block:
    """What stood between two blank lines; without `data` it is no event, and its `id` counts all the same."""

    id: str | None = None
    retry: int | None = None
    event: str = "message"
    data: str | None = None

    def read(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "id" if "\0" not in value:
                self.id = value
            case "retry" if value.isascii() and value.isdigit():
                self.retry = int(value)
            case "event":
                self.event = value
            case "data":
                self.data = value if self.data is None else f"{self.data}\n{value}"
            case _:  # A comment, whose name is empty, or a field of later days.
                pass


class BlockReader:
    """Of one connection. Lines of any length, ended as the facade ends them or with CRLF; a block cut short is none."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._block = Block()

    def read(self, chunk: bytes) -> Iterator[Block]:
        begun, *following = chunk.split(b"\n")
        self._pieces.append(begun)
        for piece in following:
            line = b"".join(self._pieces).removesuffix(b"\r").decode(errors="replace")
            self._pieces = [piece]
            if line:
                self._block.read(line)
            else:
                block, self._block = self._block, Block()
                yield block
