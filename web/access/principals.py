"""Who asks, how often and for what: found out once for each request, before its operation begins."""

from aiohttp.web import Request, RequestKey

from orderflow.access.principal import NOBODY, Principal, Scope
from orderflow.wire.access_problems import forbidden_client, forbidden_scope
from web.access.credentials import insufficient
from web.facade import facade_of
from web.http.operations import Operation
from web.http.refusals import RefusedError

_PRINCIPAL = RequestKey("principal", Principal)


async def admit(request: Request, operation: Operation) -> None:
    """Remembers the principal of the request. Raises RefusedError."""
    if operation.scope is None:
        request[_PRINCIPAL] = NOBODY
        return
    principal = request[_PRINCIPAL] = await facade_of(request).gate.principal(request)
    if operation.scope not in principal.scopes:
        raise insufficient(forbidden_scope(operation.scope), operation.scope)
    if operation.scope is Scope.ADMIN and principal.client_id is not None:
        raise RefusedError(forbidden_client(principal.client_id))  # What is administered is everybody's.


def principal_of(request: Request) -> Principal:
    return request[_PRINCIPAL]
