"""Server-Sent Events (HTML Living Standard, 9.2): what goes over the line, to how many, and for how long."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass

from aiohttp.web import Request, Response, StreamResponse

from orderflow.access.principal import Principal
from orderflow.access.sparing_log import SparingLog
from orderflow.wire.access_problems import rate_limited
from orderflow.wire.problems import too_many_streams
from web.http.refusals import RefusedError

log = logging.getLogger(__name__)

WRITE_SECONDS = 10.0
"""How long a client may leave what was sent to it unread."""
HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
LATER = {"Retry-After": "5"}
RETRY = b"retry: 2000\n"
"""Begins the first event: after so many milliseconds a client comes back."""
HEARTBEAT = b":\n\n"

Chunks = AsyncGenerator[bytes, None]
"""Whole events, as many at a time as belong together."""


class TooSlowError(Exception):
    """The client reads more slowly than events come."""


def sse(event_id: str, data: bytes, event: str = "") -> bytes:
    """One event; outside its strings JSON may do without line breaks, and inside it has none."""
    named = f"event: {event}\n" if event else ""
    return b"id: %s\n%sdata: %s\n\n" % (event_id.encode(), named.encode(), data.translate(None, b"\r\n"))


def standing_at(event_id: str) -> bytes:
    """Sets what the client will send as `Last-Event-ID`, and is no event."""
    return b"id: %s\n\n" % event_id.encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLimits:
    """`each` is how many a principal may have open that said who it is; a stream ends after `seconds`."""

    streams: int = 500
    each: int = 50
    seconds: float = 600.0
    heartbeat: float = 15.0


class Streams:
    """The streams that are open; `dropped` counts those of clients that read too slowly."""

    def __init__(self, limits: StreamLimits) -> None:
        self.limits = limits
        self.dropped = 0
        self._log = SparingLog(log)
        self._places = Counter[str]()
        self._times: set[asyncio.Timeout] = set()
        self._ended = False

    @property
    def open(self) -> int:
        return self._places.total()

    @contextmanager
    def place(self, principal: Principal) -> Iterator[None]:
        """Raises RefusedError where there is none."""
        if self._ended or self.open >= self.limits.streams:
            raise RefusedError(too_many_streams(), LATER)
        if principal.name and self._places[principal.name] >= self.limits.each:
            raise RefusedError(rate_limited(), LATER)
        self._places[principal.name] += 1
        try:
            yield
        finally:
            self._places[principal.name] -= 1

    async def answer(self, request: Request, chunks: Chunks) -> StreamResponse:
        """Sends them until they end, the client leaves or is too slow, or the stream's time is up."""
        if request.method == "HEAD":
            return Response(headers=HEADERS)
        response = StreamResponse(headers=HEADERS)
        try:
            await response.prepare(request)
            async with self._limited(), aclosing(chunks):
                async for chunk in chunks:
                    await _write(request, response, chunk)
        except TooSlowError:
            self.dropped += 1
            self._log.warning("dropped a stream whose client reads too slowly", request.remote or "?")
            _abort(request)
        except (TimeoutError, ConnectionError):
            pass
        return response

    def end(self) -> None:
        """All of them, now; their clients come back, to another facade or to the next process."""
        self._ended = True
        for limit in self._times:
            limit.reschedule(asyncio.get_running_loop().time())

    @asynccontextmanager
    async def _limited(self) -> AsyncIterator[None]:
        async with asyncio.timeout(0 if self._ended else self.limits.seconds) as limit:
            self._times.add(limit)
            try:
                yield
            finally:
                self._times.remove(limit)


async def _write(request: Request, response: StreamResponse, chunk: bytes) -> None:
    """A client whose time is up while it does not read is left at once: nothing more would reach it."""
    try:
        async with asyncio.timeout(WRITE_SECONDS):
            await response.write(chunk)
    except asyncio.CancelledError:
        _abort(request)
        raise
    except TimeoutError:
        raise TooSlowError from None


def _abort(request: Request) -> None:
    if request.transport:
        request.transport.abort()
