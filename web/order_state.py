"""`/orders/{id}/state`: move an order."""

from aiohttp.web import Request, Response
from faust.web import Blueprint

from orderflow.access.principal import Scope
from orderflow.wire.change_bodies import ChangeStateBody, read_change_state
from web.changes import CHANGE_ANSWERS, CHANGE_PROBLEMS, change
from web.headers import OF_CHANGES
from web.operations import operation
from web.requests import read_body
from web.resource import Resource

blueprint = Blueprint("order-state")
ROUTE = "/orders/{order_id}/state"


@blueprint.route(ROUTE)
class OrderState(Resource):
    """The state that an order is to have."""

    @operation(
        "Move an order",
        scope=Scope.WRITE,
        body=ChangeStateBody,
        headers=OF_CHANGES,
        answers=CHANGE_ANSWERS,
        problems=(*CHANGE_PROBLEMS, "transition-not-allowed", "order-on-hold"),
    )
    async def put(self, request: Request, order_id: str) -> Response:
        return await change(request, order_id, ROUTE, await read_body(request, read_change_state))
