"""Whose orders a request is about: a principal that is bound to a client has that client's only."""

import orjson
from aiohttp.web import Request

from orderflow.domain import problems
from orderflow.ports import CachedOrder
from orderflow.wire.access_problems import forbidden_client
from web.access.principals import principal_of
from web.http.refusals import RefusedError


def own_client(request: Request, named: str | None) -> str | None:
    """The client whose orders are meant, filled in where the principal is bound: 403 where it names another one."""
    principal = principal_of(request)
    if principal.client_id is None or named == principal.client_id:
        return named
    if named is not None:
        raise RefusedError(forbidden_client(principal.client_id))
    return principal.client_id


def check_owner(request: Request, order_id: str, client_id: str) -> None:
    """404, as if there were no such order, where the principal may not see those of the client that has it."""
    if not principal_of(request).owns(client_id):
        raise RefusedError(problems.order_not_found(order_id))


def is_own(request: Request, order: CachedOrder) -> bool:
    """The same of an order as answers show it; a principal that is not bound pays nothing for it."""
    principal = principal_of(request)
    return principal.client_id is None or principal.owns(orjson.loads(order.body)["client_id"])


def check_shown(request: Request, order: CachedOrder) -> None:
    """404 where the principal may not see it."""
    if not is_own(request, order):
        raise RefusedError(problems.order_not_found(order.order_id))
