"""Requests that are none, or too much of one: each is answered with a problem, and nothing of it is repeated."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from tests.unit.listening_site import GET, Site, document, read_all, serving


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serving() as site:
        yield site


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
