"""The facade behind a socket of its own, spoken to byte by byte."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from aiohttp.web import SockSite

from orderflow.streaming.http_server import HttpRunner
from tests.unit.facade_loop import Loop, application

SECONDS = 0.3
"""What a client that sends slowly has here; it is more where it is no test."""
GET = b"GET /livez HTTP/1.1\r\nHost: h\r\n"


class Site:
    """Where it listens, and raw connections to it."""

    def __init__(self, runner: HttpRunner) -> None:
        self.runner = runner
        self.port: int = runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def connections(self) -> int:
        assert self.runner.server
        return len(self.runner.server.connections)

    async def open(self, said: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(said)
        await writer.drain()
        return reader, writer

    async def answer(self, said: bytes) -> bytes:
        """Everything that comes back before the connection ends."""
        reader, writer = await self.open(said)
        async with asyncio.timeout(10):
            answered = await read_all(reader)
        writer.close()
        return answered


async def read_all(reader: asyncio.StreamReader) -> bytes:
    """Also where the end is a reset: the server does not wait for what it will not read."""
    answered = b""
    with suppress(ConnectionError):
        while some := await reader.read(2**16):
            answered += some
    return answered


async def ended(reader: asyncio.StreamReader) -> bool:
    async with asyncio.timeout(10):
        await read_all(reader)
    return True


@asynccontextmanager
async def serving(most: int = 100) -> AsyncIterator[Site]:
    runner = HttpRunner(
        application(Loop(), body_seconds=SECONDS),
        most=most,
        header_seconds=SECONDS,
        lingering_seconds=SECONDS,
        unread_seconds=SECONDS,
    )
    await runner.setup()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        # So that it shows soon when an answer is not read.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
        await SockSite(runner, listening).start()
        yield Site(runner)
        await runner.cleanup()


def document(answered: bytes) -> dict[str, object]:
    found: dict[str, object] = json.loads(answered.partition(b"\r\n\r\n")[2])
    return found
