"""Who asks: found out once for each request, before its operation begins."""

from aiohttp.web import Request, RequestKey

from orderflow.access.principal import ANYONE, Principal
from web.operations import Operation

_PRINCIPAL = RequestKey("principal", Principal)


async def admit(request: Request, operation: Operation) -> None:  # noqa: ARG001 - scopes are checked with credentials
    """Remembers the principal of the request."""
    request[_PRINCIPAL] = ANYONE


def principal_of(request: Request) -> Principal:
    return request[_PRINCIPAL]
