"""`/orders/{id}/state`: move an order."""

from aiohttp.web import Request, Response
from faust.web import Blueprint

from orderflow.wire.change_bodies import ChangeStateBody, read_change_state
from web.http.requests import read_body
from web.http.resource import Resource
from web.orders.changes import change, change_operation

blueprint = Blueprint("order-state")
ROUTE = "/orders/{order_id}/state"


@blueprint.route(ROUTE)
class OrderState(Resource):
    """The state that an order is to have."""

    @change_operation("Move an order", ChangeStateBody, "transition-not-allowed", "order-on-hold")
    async def put(self, request: Request, order_id: str) -> Response:
        return await change(request, order_id, ROUTE, await read_body(request, read_change_state))
