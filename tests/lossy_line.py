"""A line to a server that breaks after a request has arrived, before its answer comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from orderflow.local.ports import HOST

_CHUNK = 2**16


@asynccontextmanager
async def lossy_line(target: int, losses: int) -> AsyncIterator[int]:
    """The port of a way to `target` that loses the first answers."""
    left = losses

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal left
        there, back = await asyncio.open_connection(HOST, target)
        while request := await reader.read(_CHUNK):
            back.write(request)
            answer = await there.read(_CHUNK)
            left -= 1
            if left >= 0 or not answer:
                break
            writer.write(answer)
        for end in (writer, back):
            end.transport.abort()

    server = await asyncio.start_server(relay, HOST)
    async with server:
        yield server.sockets[0].getsockname()[1]
