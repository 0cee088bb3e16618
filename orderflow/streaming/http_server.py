"""The HTTP server of a Faust App, with as many connections as it can bear."""

import asyncio
import logging
import resource
import sys
from typing import Any

from aiohttp.web import Application, AppRunner, RequestHandler, Server
from faust.types import AppT
from faust.web.drivers.aiohttp import Web

from orderflow.access.sparing_log import SparingLog
from orderflow.streaming.http_connection import HttpConnection

HEADER_SECONDS = 10.0
"""In which a request's headers have to be complete, and a new connection's first ones."""

LINGERING_SECONDS = 5.0
"""How long the rest of a body is waited for that nobody wants."""
_OTHER_FILES = 200
"""Descriptors that the servers and files need which we use ourselves."""


UNREAD_SECONDS = 20.0
"""In which a client has to read some of an answer that does not fit into the buffers between."""


class HttpServer(Server):
    """Of too many connections one without a request goes, the oldest first, else the newest."""

    def __init__(self, served: Server, *, most: int, options: dict[str, Any]) -> None:
        super().__init__(served.request_handler, request_factory=served.request_factory)
        self._most = most
        log = SparingLog(logging.getLogger(__name__))
        self._options = {**options, "log": log}

    def __call__(self) -> HttpConnection:
        return HttpConnection(self, loop=self._loop, **self._options)

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        if len(self._connections) > self._most:
            oldest = (each for each in self._connections if isinstance(each, HttpConnection) and each.idle)
            next(oldest, handler).force_close()


class HttpRunner(AppRunner):
    """Runs an application on an HttpServer."""

    def __init__(
        self,
        app: Application,
        *,
        most: int,
        header_seconds: float = HEADER_SECONDS,
        lingering_seconds: float = LINGERING_SECONDS,
        unread_seconds: float = UNREAD_SECONDS,
    ) -> None:
        super().__init__(app, access_log=None, lingering_time=lingering_seconds)
        self._most = most
        self._limits = {"header_seconds": header_seconds, "unread_seconds": unread_seconds}

    async def _make_server(self) -> Server:
        served = await super()._make_server()
        return HttpServer(served, most=self._most, options={**self._kwargs, **self._limits})


class HttpWeb(Web):
    """Faust's web driver on that server."""

    def __init__(self, app: AppT, *, most: int) -> None:
        super().__init__(app)
        self._runner = HttpRunner(self.web_app, most=min(most, _spare_files()))


def _spare_files() -> int:
    """How many more this process may open, for connections."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(soft - _OTHER_FILES, soft // 2) if soft != resource.RLIM_INFINITY else sys.maxsize
