"""Who asks: found out once for each request, before its operation begins."""

from aiohttp.web import Request, RequestKey

from orderflow.access.principal import NOBODY, Principal
from web.facade import facade_of
from web.operations import Operation

_PRINCIPAL = RequestKey("principal", Principal)


async def admit(request: Request, operation: Operation) -> None:
    """Remembers the principal of the request. Raises RefusedError."""
    scope = operation.scope
    request[_PRINCIPAL] = await facade_of(request).gate.admit(request, scope) if scope else NOBODY


def principal_of(request: Request) -> Principal:
    return request[_PRINCIPAL]
