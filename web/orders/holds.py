"""`/orders/{id}/hold` and `/orders/{id}/release`: keep an order from moving forward, and let it go again."""

from aiohttp.web import Request, Response
from faust.web import Blueprint

from orderflow.wire.change_bodies import HoldBody, ReleaseBody, read_hold, read_release
from web.http.requests import read_body
from web.http.resource import Resource
from web.orders.changes import change, change_operation

blueprint = Blueprint("holds")
HOLD, RELEASE = "/orders/{order_id}/hold", "/orders/{order_id}/release"


@blueprint.route(HOLD, name="hold")
class Hold(Resource):
    """The hold, with its reason."""

    @change_operation("Hold an order", HoldBody, "transition-not-allowed")
    async def post(self, request: Request, order_id: str) -> Response:
        return await change(request, order_id, HOLD, await read_body(request, read_hold))


@blueprint.route(RELEASE, name="release")
class Release(Resource):
    """The end of a hold."""

    @change_operation("Release an order", ReleaseBody)
    async def post(self, request: Request, order_id: str) -> Response:
        return await change(request, order_id, RELEASE, await read_body(request, read_release))
