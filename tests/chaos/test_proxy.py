import asyncio
from collections.abc import AsyncIterator, Awaitable

import pytest

from orderflow.local.ports import HOST
from tests.chaos.proxy import Proxy
from tests.eventually import eventually

SOON = 0.05


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    server = await asyncio.start_server(echo, HOST, 0)
    async with Proxy(server.sockets[0].getsockname()[1]) as between:
        yield between
    server.close()


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while line := await reader.readline():
            writer.write(line)
    except ConnectionError:
        pass
    finally:
        writer.transport.abort()


async def answer(proxy: Proxy, line: bytes, within: float = 5.0) -> bytes:
    reader, writer = await asyncio.open_connection(HOST, proxy.port)
    try:
        writer.write(line)
        return await asyncio.wait_for(reader.readline(), within)
    finally:
        writer.transport.abort()


async def test_it_passes_everything_on(proxy: Proxy) -> None:
    assert await answer(proxy, b"hello\n") == b"hello\n"


async def test_latency_delays_each_way(proxy: Proxy) -> None:
    proxy.latency = SOON
    begun = asyncio.get_running_loop().time()

    await answer(proxy, b"hello\n")

    assert asyncio.get_running_loop().time() - begun >= 2 * SOON


async def test_a_cut_breaks_connections_and_refuses_new_ones_until_it_is_healed(proxy: Proxy) -> None:
    reader, writer = await asyncio.open_connection(HOST, proxy.port)
    writer.write(b"first\n")
    assert await reader.readline() == b"first\n"

    proxy.cut()

    assert await ended(reader.readline())
    assert await ended(answer(proxy, b"second\n"))
    proxy.heal()
    assert await answer(proxy, b"third\n") == b"third\n"
    writer.transport.abort()


async def ended(reading: Awaitable[bytes]) -> bool:
    """Whether the connection was closed, in whichever way."""
    try:
        return await reading == b""
    except ConnectionError:
        return True


async def test_what_is_swallowed_arrives_once_it_is_healed(proxy: Proxy) -> None:
    proxy.swallow()
    waiting = asyncio.create_task(answer(proxy, b"hello\n"))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(waiting), SOON)

    proxy.heal()

    await eventually(waiting.done)
    assert waiting.result() == b"hello\n"
