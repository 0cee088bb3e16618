"""A line to a server that breaks in the middle of what the server says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from orderflow.local.ports import HOST

_CHUNK = 2**16


@dataclass(kw_only=True)
class Line:
    """Its first connections let so many bytes of answers through, the others all."""

    target: int
    port: int = 0
    bounds: list[int] = field(default_factory=list)
    connections: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Ends what is open; new connections can be made at once."""
        for end in self._open:
            end.close()

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        left = self.bounds.pop(0) if self.bounds else None
        there, back = await asyncio.open_connection(HOST, self.target)
        self.connections += 1
        ends = {writer, back}
        self._open |= ends
        async with asyncio.TaskGroup() as both:
            both.create_task(_pass_on(reader, back, None, ends))
            both.create_task(_pass_on(there, writer, left, ends))
        self._open -= ends


async def _pass_on(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, left: int | None, ends: set[asyncio.StreamWriter]
) -> None:
    try:
        while left != 0 and (chunk := await source.read(min(left or _CHUNK, _CHUNK))):
            sink.write(chunk)
            await sink.drain()
            left = None if left is None else left - len(chunk)
    except ConnectionError:
        pass
    finally:
        for end in ends:
            end.close()


@asynccontextmanager
async def breaking_line(target: int, *bounds: int) -> AsyncIterator[Line]:
    line = Line(target=target, bounds=list(bounds))
    server = await asyncio.start_server(line.relay, HOST)
    async with server:
        line.port = server.sockets[0].getsockname()[1]
        yield line
        line.cut()
