"""`/orders/{id}/events`: every change of an order, from its history and then as it happens."""

import re
from functools import partial

from aiohttp.web import Request, StreamResponse
from faust.web import Blueprint

from orderflow.access.principal import Scope
from web.access.ownership import check_owner
from web.access.principals import principal_of
from web.facade import facade_of
from web.http.headers import LAST_EVENT_ID
from web.http.operations import operation
from web.http.parameters import Parameters
from web.http.resource import Resource
from web.live.last_event_id import PARAMETER, read_last_event_id
from web.live.listening import STREAM, answer_live, listening
from web.live.order_reading import OrderReading
from web.orders.reading import read_stored

blueprint = Blueprint("order-events")

_VERSION = re.compile("[1-9][0-9]{0,8}")


@blueprint.route("/orders/{order_id}/events")
class OrderEvents(Resource):
    """An event's id is its own; the stream goes on where the order's way ends, for corrections may follow."""

    @operation(
        "Follow an order: all its events, or those after Last-Event-ID, then each as it happens",
        scope=Scope.READ,
        parameters=(PARAMETER,),
        headers=(LAST_EVENT_ID,),
        answers={200: STREAM},
        problems=("malformed-header", "order-not-found", "rate-limited", "unavailable"),
    )
    async def get(self, request: Request, order_id: str) -> StreamResponse:
        facade = facade_of(request)
        with facade.streams.place(principal_of(request)):
            stored = await read_stored(facade, order_id)
            check_owner(request, order_id, stored.order.client_id)
            seen = _seen(request, order_id, stored.order.version)
            async with listening(facade) as feed:
                with feed.follow_order(order_id) as live:
                    reading = OrderReading(order_id, seen, live=live, read=partial(read_stored, facade, order_id))
                    return await answer_live(request, reading.chunks(facade.streams.limits.heartbeat))


def _seen(request: Request, order_id: str, newest: int) -> int:
    """The version that the client has, 0 for none. Raises RefusedError."""
    parameters = Parameters(request.query, (PARAMETER,))
    last = read_last_event_id(request, parameters)
    parameters.raise_errors()
    if last is None:
        return 0
    named, _, version = last.value.rpartition(":")
    if named != order_id or not _VERSION.fullmatch(version) or int(version) > newest:
        raise last.refused(f"has to be the id of an event of this order, {order_id}:1 to {order_id}:{newest}")
    return int(version)
