"""`/orders/{id}/cancel`: cancel an order, wherever that leads from its state."""

from aiohttp.web import Request, Response
from faust.web import Blueprint

from orderflow.wire.change_bodies import CancelBody, read_cancel
from web.http.requests import read_body
from web.http.resource import Resource
from web.orders.changes import change, change_operation

blueprint = Blueprint("cancellation")
ROUTE = "/orders/{order_id}/cancel"


@blueprint.route(ROUTE)
class Cancellation(Resource):
    """The intent to cancel, with its reason."""

    @change_operation("Cancel an order", CancelBody, "transition-not-allowed")
    async def post(self, request: Request, order_id: str) -> Response:
        return await change(request, order_id, ROUTE, await read_body(request, read_cancel))
