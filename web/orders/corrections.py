"""`/orders/{id}/corrections`: set right what an order says, whatever its lifecycle allows."""

from aiohttp.web import Request, Response
from faust.web import Blueprint

from orderflow.access.principal import Scope
from orderflow.wire.change_bodies import CorrectBody, read_correct
from web.http.requests import read_body
from web.http.resource import Resource
from web.orders.changes import change, change_operation

blueprint = Blueprint("corrections")
ROUTE = "/orders/{order_id}/corrections"


@blueprint.route(ROUTE)
class Corrections(Resource):
    """They are changes of their own: what was said before stays in the history."""

    @change_operation("Correct an order", CorrectBody, scope=Scope.CORRECT)
    async def post(self, request: Request, order_id: str) -> Response:
        return await change(request, order_id, ROUTE, await read_body(request, read_correct))
