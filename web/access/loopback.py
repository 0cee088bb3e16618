"""While nobody is asked who they are, only names of this machine are answered to: browsers tell which one was meant."""

from urllib.parse import urlsplit

from aiohttp import hdrs
from aiohttp.web import Request

from orderflow.access.principal import Principal
from orderflow.gate.check import is_loopback
from orderflow.wire.access_problems import forbidden_host
from web.facade import OpenGate
from web.http.refusals import RefusedError


class LoopbackGate(OpenGate):
    """A Gate for who means to speak to this machine (against DNS rebinding).

    A page whose site lets its name point here is of the same origin as we are, so nothing else would stop it.
    """

    async def principal(self, request: Request, /) -> Principal:
        host = request.headers.get(hdrs.HOST)  # Browsers always send it.
        if host is not None and not _is_ours(host):
            raise RefusedError(forbidden_host())
        return await super().principal(request)


def _is_ours(host: str) -> bool:
    try:
        return is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False
