"""A server that listens: floods of headers and clients that send slowly end soon, and the others never notice."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from aiohttp.web import SockSite

from orderflow.settings import Settings
from orderflow.streaming.app import OrderflowApp
from orderflow.streaming.http_server import HttpRunner, HttpWeb
from orderflow.streaming.roles import WebApp
from tests.eventually import eventually
from tests.http_answers import ask
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


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serving() as site:
        yield site


def document(answered: bytes) -> dict[str, object]:
    found: dict[str, object] = json.loads(answered.partition(b"\r\n\r\n")[2])
    return found


@pytest.mark.parametrize(
    "flood",
    [
        GET + b"".join(b"h%d: v\r\n" % number for number in range(129)) + b"\r\n",
        GET + b"Cookie: " + b"x" * 9_000 + b"\r\n\r\n",
        b"GET /livez?" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
    ],
)
async def test_headers_that_are_too_many_or_too_long_are_431(site: Site, flood: bytes) -> None:
    answered = await site.answer(flood)
    assert b" 431 " in answered.splitlines()[0]
    assert document(answered)["type"] == "headers-too-large"


async def test_headers_that_come_on_and_on_are_cut_off(site: Site) -> None:
    reader, writer = await site.open(GET)
    answered = asyncio.create_task(read_all(reader))
    with suppress(ConnectionError):
        for number in range(120):
            writer.write(b"h%d: " % number + b"x" * 8_000 + b"\r\n")
            await writer.drain()
            await asyncio.sleep(0)
        writer.write(b"\r\n")
    assert b" 200 " not in await answered


@pytest.mark.parametrize(
    "garbage",
    [b"\x16\x03\x01\x02\x00\x01 hello\r\n\r\n", b"GET\r\n\r\n", GET + b"no colon\r\n\r\n", b"GET /x HTTP/9\r\n\r\n"],
)
async def test_what_is_no_http_is_400_and_not_repeated(
    site: Site, garbage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    answered = await site.answer(garbage)
    assert b" 400 " in answered.splitlines()[0]
    assert document(answered)["type"] == "malformed-request"
    assert b"X-Content-Type-Options: nosniff" in answered
    assert "Traceback" not in caplog.text


async def test_an_expectation_that_nobody_can_meet_is_400(site: Site) -> None:
    answered = await site.answer(GET + b"Expect: a miracle\r\n\r\n")
    assert b" 400 " in answered.splitlines()[0]
    assert document(answered)["type"] == "malformed-request"


async def test_a_body_that_is_not_what_its_headers_say_leaves_no_trace(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    head = b"POST /orders HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\n\r\n"
    answered = await site.answer(head + b"no gzip")
    assert b" 400 " in answered.splitlines()[0]
    assert document(answered)["type"] == "malformed-json"
    assert "closed a connection" in caplog.text
    assert "Traceback" not in caplog.text


ODD = [
    b"TRACE /orders HTTP/1.1",
    b"CONNECT h:1 HTTP/1.1",
    b"get /orders HTTP/1.1",
    b"OPTIONS * HTTP/1.1",
    *(
        b"GET %s HTTP/1.1" % path
        for path in (b"//orders", b"/orders/", b"/orders/../livez", b"/orders/%2e%2e/livez", b"*")
    ),
    *(
        b"GET /orders/%s HTTP/1.1" % name
        for name in (b"%00", b"%2F", b"%252e", b"%ff", b"%", b"%zz", b"\xff", b"%0d%0aX:1")
    ),
    *(b"GET /orders?%s HTTP/1.1" % query for query in (b"state=%ff", b"%00", b";", b"limit=1&limit=2", b"limit=\xff")),
    b"GET /docs/..%2fopenapi.json HTTP/1.1",
    b"PUT /admin/dead-letters/replay HTTP/1.1",
    b"GET /livez HTTP/1.1\r\nHost: other",
    b"GET /livez HTTP/1.1\r\nA : b",
    b"GET /livez HTTP/1.1\r\nA: b\x00c",
]
BODIES = [
    *(b"Content-Length: %s" % size for size in (b"5\r\nContent-Length: 6", b"-1", b"+5", b"0x5", b"5, 5", b"9" * 30)),
    b"Content-Length: 5\r\nTransfer-Encoding: chunked",
    *(b"Transfer-Encoding: %s" % way for way in (b"identity", b"xchunked", b"chunked\r\nTransfer-Encoding: chunked")),
    b"Content-Length: 3\r\nContent-Type: \xff",
    b"Content-Length: 3\r\nContent-Type: ",
    b"Content-Length: 3\r\nContent-Encoding: br",
    b"Content-Length: 3\r\nIdempotency-Key: \xff",
]


@pytest.mark.parametrize(
    "request_",
    [*ODD, *(b"POST /orders HTTP/1.1\r\n%s" % body for body in BODIES)],
    ids=lambda said: said.decode("latin-1"),
)
async def test_every_odd_request_is_answered_with_a_problem(site: Site, request_: bytes) -> None:
    answered = await site.answer(request_ + b"\r\nHost: h\r\nConnection: close\r\n\r\nzz\r\n")
    status = int(answered.split()[1])
    assert 400 <= status < 500
    assert b"Content-Type: application/problem+json" in answered
    assert document(answered)["status"] == status


async def test_a_credential_in_a_request_that_cannot_be_read_is_not_logged(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    secret = b"ofk_secret" * 1_000
    answered = await site.answer(GET + b"Authorization: Bearer " + secret + b"\r\n\r\n")
    answered += await site.answer(GET + b"Authorization Bearer ofk_secret\r\n\r\n")
    assert "refused a request" in caplog.text
    assert "ofk_secret" not in caplog.text
    assert b"ofk_secret" not in answered


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
