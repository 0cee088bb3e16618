"""`/orders/{id}/history`: every change of an order."""

from aiohttp.web import Request, Response
from faust.web import Blueprint

from orderflow.access.principal import Scope
from orderflow.wire import shapes
from orderflow.wire.representations import encode_history
from web.access.ownership import check_owner
from web.facade import facade_of
from web.http.answers import json_answer
from web.http.headers import X_CACHE
from web.http.operations import Answer, operation
from web.http.resource import Resource
from web.orders.reading import Cache, read_stored

blueprint = Blueprint("history")


@blueprint.route("/orders/{order_id}/history")
class History(Resource):
    """Read from the system of record, never from a cache."""

    @operation(
        "Show every change of an order",
        scope=Scope.READ,
        answers={200: Answer(shape=shapes.History, headers=(X_CACHE,))},
        problems=("order-not-found", "unavailable"),
    )
    async def get(self, request: Request, order_id: str) -> Response:
        stored = await read_stored(facade_of(request), order_id)
        check_owner(request, order_id, stored.order.client_id)
        return json_answer(encode_history(stored), Cache.BYPASS.header)
