"""A connection to the HTTP server that nobody can hold open by sending or reading slowly, nor fill with headers."""

import asyncio
from typing import Any, cast

from aiohttp.http_exceptions import LineTooLong
from aiohttp.web import (
    BaseRequest,
    HTTPException,
    RequestHandler,
    RequestPayloadError,
    Response,
    StreamResponse,
)

from orderflow.access.sparing_log import SparingLog
from orderflow.wire.access_problems import headers_too_large, malformed_request
from orderflow.wire.problems import CONTENT_TYPE, encode_problem, status_of

MAX_HEADER_BYTES = 2**16
"""aiohttp alone would take 128 headers of 8190 bytes."""
_READ_BYTES = 2**15
"""Less of an answer than this, in the time that there is, counts as not read."""
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # The default tells the versions of Python and aiohttp.
    "Server": "orderflow",
}
"""Headers of every answer."""

_LARGE = b"\r\n".join(
    [
        b"HTTP/1.1 431 Request Header Fields Too Large",
        f"Content-Type: {CONTENT_TYPE}".encode(),
        b"Connection: close",
        b"",
        encode_problem(headers_too_large()),
    ]
)


class HttpConnection(RequestHandler):
    """Counts what comes while a request's headers are not complete, and looks after an answer that does not go out.

    A complete request whose answer is read costs nothing.
    """

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - aiohttp's
        header_seconds: float,
        unread_seconds: float,
        log: SparingLog,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        self._log = log
        self._header_seconds = header_seconds
        self._unread_seconds = unread_seconds
        self._unread: asyncio.TimerHandle | None = None
        self._awaited = -1
        self._heard = 0
        self._deadline: asyncio.TimerHandle | None = None

    @property
    def peer(self) -> str:
        return str(self.peername[0]) if self.peername else "?"

    @property
    def idle(self) -> bool:
        """Whether no request is under way on it."""
        return self._waiter is not None and not self._waiter.done()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # aiohttp forgets its own while what is left still goes out.
        self._line = cast("asyncio.Transport", transport)
        super().connection_made(transport)
        self._hear(0)

    async def start(self) -> None:
        await super().start()
        self._watch()

    def force_close(self) -> None:
        super().force_close()
        self._watch()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread and not self._line.is_closing():
            self._unread.cancel()
            self._unread = None

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            self._hear(len(data))

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        for timer in filter(None, (self._deadline, self._unread)):
            timer.cancel()

    def handle_error(
        self, request: BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> StreamResponse:
        """What is no HTTP. aiohttp would log and answer what came, with credentials that stand in it."""
        if status != 400:  # noqa: PLR2004 - the status of what cannot be parsed
            return super().handle_error(request, status, exc, message)
        problem = headers_too_large() if _is_too_large(exc) else malformed_request()
        self._log.warning(f"refused a request: {problem.type}", self.peer)
        response = Response(
            body=encode_problem(problem),
            status=status_of(problem),
            content_type=CONTENT_TYPE,
            headers={**ALWAYS, "Cache-Control": "no-store"},
        )
        response.force_close()
        return response

    async def finish_response(
        self, request: BaseRequest, resp: StreamResponse, start_time: float | None
    ) -> tuple[StreamResponse, bool]:
        """An `Expect` that nobody can meet is refused before any of our own code runs."""
        if isinstance(resp, HTTPException):
            resp = self.handle_error(request, 400, resp)
        finished: tuple[StreamResponse, bool] = await super().finish_response(request, resp, start_time)
        return finished

    def log_exception(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - aiohttp's
        """A client that sends what its headers do not say fills no log with traces."""
        if isinstance(kwargs.get("exc_info"), RequestPayloadError):
            self._log.warning("closed a connection: a body that is not what its headers say", self.peer)
        else:
            super().log_exception(*args, **kwargs)

    def _hear(self, size: int) -> None:
        """Some of a request has come, whose number is that of the requests before it."""
        if self._awaited != self._request_count:
            self._awaited, self._heard = self._request_count, 0
            if self._deadline:
                self._deadline.cancel()
            self._deadline = self._loop.call_later(self._header_seconds, self._give_up)
        self._heard += size
        if self._heard > MAX_HEADER_BYTES and self.transport:
            self._log.warning("refused a request: headers-too-large", self.peer)
            self.transport.write(_LARGE)
            self.force_close()

    def _watch(self) -> None:
        """Until what waits to be read is: nobody else would end a connection on which that never happens."""
        unread = self._line.get_write_buffer_size()
        if unread and self._unread is None:
            self._unread = self._loop.call_later(self._unread_seconds, self._look, unread)

    def _look(self, unread: int) -> None:
        self._unread = None
        if unread - self._line.get_write_buffer_size() < _READ_BYTES:
            self._log.warning("closed a connection: an answer that is not read", self.peer)
            self._line.abort()
        else:
            self._watch()

    def _give_up(self) -> None:
        if self._awaited == self._request_count:
            if self._heard:
                self._log.warning("closed a connection: headers that do not end", self.peer)
            self.force_close()


def _is_too_large(error: BaseException | None) -> bool:
    return isinstance(error, LineTooLong) or "Too many headers" in str(error)
