"""`/orders/{id}/commands/{command_id}`: what became of a command."""

from aiohttp.web import Request, Response
from faust.web import Blueprint

from orderflow.access.principal import Scope
from orderflow.domain.limits import has_id_characters
from orderflow.ports import Pending
from orderflow.wire import shapes
from orderflow.wire.problems import command_not_found
from web.access.ownership import is_own
from web.access.principals import principal_of
from web.commands.lookup import find_outcome
from web.facade import facade_of
from web.http.answers import json_answer, pending_body
from web.http.headers import RETRY_PAUSE
from web.http.operations import Answer, operation
from web.http.refusals import RETRY_AFTER, RefusedError, printable
from web.http.resource import Resource
from web.orders.reading import read_order, valid_order_id

blueprint = Blueprint("commands")


@blueprint.route("/orders/{order_id}/commands/{command_id}")
class Command(Resource):
    """Pending, or its outcome."""

    @operation(
        "Show what became of a command",
        scope=Scope.READ,
        answers={200: Answer(shape=shapes.Outcome | shapes.PendingCommand, headers=(RETRY_PAUSE,))},
        problems=("order-not-found", "command-not-found", "unavailable"),
    )
    async def get(self, request: Request, order_id: str, command_id: str) -> Response:
        known = has_id_characters(command_id) and await _may_see(request, valid_order_id(order_id))
        found = await find_outcome(facade_of(request), order_id, command_id) if known else None
        if found is None:
            raise RefusedError(command_not_found(printable(command_id)))
        if isinstance(found, Pending):
            return json_answer(pending_body(order_id, command_id), RETRY_AFTER)
        return json_answer(found)


async def _may_see(request: Request, order_id: str) -> bool:
    """Where there is no order (yet) everybody may: its id and the command's are hashes that only the sender knows."""
    if principal_of(request).client_id is None:
        return True
    try:
        shown = await read_order(facade_of(request), order_id)
    except RefusedError as refused:
        if refused.problem.type == "order-not-found":
            return True
        raise
    return is_own(request, shown.order)
