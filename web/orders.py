"""`/orders` and `/orders/{id}`: take an order, show one, list many."""

from dataclasses import replace

from aiohttp.web import Request, Response
from faust.web import Blueprint

from orderflow.access.principal import Scope
from orderflow.wire import shapes
from orderflow.wire.bodies import CreateOrderBody, command_of, read_create_order
from web.answers import json_answer, order_answer
from web.facade import facade_of
from web.headers import ETAG, IF_NONE_MATCH, LINK, LOCATION, OF_WRITES, X_CACHE
from web.identity import key_of
from web.list_query import LIST_PARAMETERS, read_list_query
from web.listing import read_page
from web.operations import Answer, operation
from web.ownership import check_shown, own_client
from web.preconditions import etag, is_known
from web.reading import read_order
from web.requests import read_body
from web.resource import Resource
from web.submission import ACCEPTED, SUBMISSION_PROBLEMS, submission_of, submit

blueprint = Blueprint("orders")


@blueprint.route("/orders", name="all")
class Orders(Resource):
    """Every order."""

    @operation(
        "Take an order",
        scope=Scope.WRITE,
        body=CreateOrderBody,
        headers=OF_WRITES,
        answers={201: Answer(shape=shapes.Order, headers=(LOCATION, ETAG)), 202: ACCEPTED},
        problems=(*SUBMISSION_PROBLEMS, "forbidden", "order-exists", "external-ref-taken"),
    )
    async def post(self, request: Request) -> Response:
        facade, body = facade_of(request), await read_body(request, read_create_order)
        own_client(request, body.client_id)
        key = key_of(request)
        order_id, command_id = key.ids("POST", "/orders", body.client_id)
        command = command_of(body, order_id=order_id, command_id=command_id, issued_at=facade.clock())
        return await submit(request, submission_of(request, command, key))

    @operation(
        "List orders, newest first",
        scope=Scope.READ,
        parameters=LIST_PARAMETERS,
        answers={200: Answer(shape=shapes.OrderList, headers=(LINK, X_CACHE))},
        problems=("forbidden", "unavailable"),
    )
    async def get(self, request: Request) -> Response:
        query = read_list_query(request.query)
        page = await read_page(facade_of(request), replace(query, client_id=own_client(request, query.client_id)))
        headers = page.cache.header
        if page.next_cursor:
            following = request.rel_url.update_query(cursor=page.next_cursor)
            headers["Link"] = f'<{following}>; rel="next"'
        return json_answer(page.body, headers)


@blueprint.route("/orders/{order_id}", name="one")
class SingleOrder(Resource):
    """One order, with its version as entity tag."""

    @operation(
        "Show an order",
        scope=Scope.READ,
        headers=(IF_NONE_MATCH,),
        answers={
            200: Answer(shape=shapes.Order, headers=(ETAG, X_CACHE)),
            304: Answer(headers=(ETAG, X_CACHE)),
        },
        problems=("order-not-found", "unavailable"),
    )
    async def get(self, request: Request, order_id: str) -> Response:
        shown = await read_order(facade_of(request), order_id)
        check_shown(request, shown.order)
        if is_known(request.headers.getall("If-None-Match", ()), shown.order.version):
            return Response(status=304, headers={**shown.cache.header, "ETag": etag(shown.order.version)})
        return order_answer(shown, shown.cache.header)
