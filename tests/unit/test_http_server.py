"""A server that listens: floods of headers and clients that send slowly end soon, and the others never notice."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator

import pytest

from orderflow.settings import Settings
from orderflow.streaming.app import OrderflowApp
from orderflow.streaming.http_server import HttpRunner, HttpWeb
from orderflow.streaming.roles import WebApp
from tests.eventually import eventually
from tests.http_answers import ask
from tests.unit.listening_site import GET, SECONDS, Site, ended, read_all, serving


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serving() as site:
        yield site


@pytest.mark.parametrize("begun", [b"", b"G", GET, b"GET /livez HTTP/1.1\r\nHost: h\r\nX-A: b"])
async def test_a_request_that_does_not_go_on_ends(site: Site, begun: bytes) -> None:
    started = time.monotonic()
    reader, writer = await site.open(begun)
    assert await ended(reader)
    assert time.monotonic() - started >= SECONDS * 0.9
    writer.close()


async def test_a_second_request_that_does_not_go_on_ends_too(site: Site) -> None:
    reader, writer = await site.open(GET + b"\r\n")
    assert await reader.readuntil(b"}")
    writer.write(GET)
    assert await ended(reader)
    writer.close()


async def test_headers_that_trickle_end(site: Site) -> None:
    reader, writer = await site.open(GET)
    over = asyncio.create_task(ended(reader))
    while not over.done():
        writer.write(b"x-a: b\r\n")
        await asyncio.wait([over], timeout=SECONDS / 10)
    writer.close()


async def test_a_connection_between_two_requests_may_rest(site: Site) -> None:
    reader, writer = await site.open(GET + b"\r\n")
    assert await reader.readuntil(b"}")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), SECONDS * 3)
    writer.write(GET + b"\r\n")
    assert await reader.readuntil(b"}")
    writer.close()


async def test_a_body_that_trickles_is_408_and_its_connection_ends(site: Site) -> None:
    head = b"POST /orders HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    reader, writer = await site.open(head)
    answered = asyncio.create_task(read_all(reader))
    while not answered.done():
        writer.write(b" ")
        await asyncio.wait([answered], timeout=SECONDS / 10)
    assert b" 408 " in (await answered).splitlines()[0]
    writer.close()


async def test_slow_clients_hold_up_nobody(site: Site) -> None:
    slow = [await site.open(GET) for _ in range(50)]
    answers = [await ask("GET", f"{site.url}/livez", seconds=5) for _ in range(20)]
    assert [answer.status for answer in answers] == [200] * 20
    assert all(await asyncio.gather(*(ended(reader) for reader, _ in slow)))
    for _, writer in slow:
        writer.close()


def getting(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: h", *headers, "", ""]).encode()


@pytest.mark.parametrize(
    "asked",
    [
        getting("/docs/swagger-ui-bundle.js"),
        getting("/docs/swagger-ui-bundle.js", "Connection: close"),
        # Few enough that the server has nothing more to wait for, and more than lies between.
        getting("/nowhere") * 99 + getting("/nowhere", "Connection: close"),
    ],
)
async def test_who_does_not_read_what_was_asked_for_is_left(site: Site, asked: bytes) -> None:
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.connect(("127.0.0.1", site.port))
        connection.sendall(asked)
        await eventually(lambda: site.connections)
        await eventually(lambda: not site.connections)


async def test_who_reads_slowly_gets_everything(site: Site) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port, limit=4_096)
    writer.write(getting("/docs/swagger-ui-bundle.js", "Connection: close"))
    began, size = time.monotonic(), 0
    while some := await reader.read(2**16):
        size += len(some)
        if time.monotonic() - began < SECONDS * 3:
            await asyncio.sleep(SECONDS / 10)
    assert size > 2**20
    writer.close()


async def test_of_too_many_connections_one_that_waits_makes_room() -> None:
    async with serving(most=5) as site:
        waiting = [await site.open() for _ in range(5)]
        assert (await ask("GET", f"{site.url}/livez", seconds=5)).status == 200
        assert await ended(waiting[0][0])
        for _, writer in waiting:
            writer.close()


@pytest.mark.parametrize("kind", [OrderflowApp, WebApp])
async def test_every_role_listens_with_this_server(kind: type[OrderflowApp]) -> None:
    app = kind(Settings(http_connections=7), role="web")
    assert isinstance(app.web, HttpWeb)
    assert isinstance(app.web._runner, HttpRunner)  # noqa: SLF001 - Faust's
