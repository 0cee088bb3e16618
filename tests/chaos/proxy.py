"""A TCP proxy that can slow down, cut or swallow what passes between a client and a server."""

import asyncio
import ssl
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self

from orderflow.local.ports import HOST, free_port

_CHUNK = 2**16


class Proxy:
    """Passes everything on until it is told otherwise; an async context manager.

    `latency` (seconds) delays every chunk. `swallow()` holds back every byte, of new connections too, as a network
    that drops packets does; nothing is lost once it ends. `cut()` breaks connections and refuses new ones.
    With `tls` its clients have to speak TLS, which the server behind it does not see.
    """

    def __init__(self, target: int, *, port: int | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.port = port or free_port()
        self._tls = tls
        self.latency = 0.0
        self._target = target
        self._refusing = False
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def cut(self) -> None:
        self._refusing = True
        self.disconnect()

    def disconnect(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    def swallow(self) -> None:
        self._flowing.clear()

    def heal(self) -> None:
        self.latency, self._refusing = 0.0, False
        self._flowing.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, HOST, self.port, ssl=self._tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.disconnect()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: asyncio would report the cancellation of its own one as an error.
        task = asyncio.create_task(self._relay(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError), self._open(writer):
            await self._flowing.wait()
            if not self._refusing:
                there, back = await asyncio.open_connection(HOST, self._target)
                with self._open(back):
                    await _first_of(self._pump(reader, back), self._pump(there, writer))

    @contextmanager
    def _open(self, writer: asyncio.StreamWriter) -> Iterator[None]:
        self._writers.add(writer)
        try:
            yield
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(_CHUNK):
                if self.latency:
                    await asyncio.sleep(self.latency)
                await self._flowing.wait()
                writer.write(chunk)
                await writer.drain()


async def _first_of(*coroutines: Coroutine[Any, Any, None]) -> None:
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
