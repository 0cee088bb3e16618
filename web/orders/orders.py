"""`/orders` and `/orders/{id}`: take an order, show one, list many."""

from functools import partial

from aiohttp.web import Request, Response
from faust.web import Blueprint

from orderflow.access.principal import Scope
from orderflow.wire import list_shapes, shapes
from orderflow.wire.bodies import CreateOrderBody, command_of, read_create_order
from orderflow.wire.list_json import picked
from web.access.ownership import check_shown, own_client
from web.commands.identity import key_of
from web.commands.submission import ACCEPTED, SUBMISSION_PROBLEMS, submission_of, submit
from web.facade import facade_of
from web.http.answers import read_answer
from web.http.headers import ETAG, LINK, LOCATION, OF_READS, OF_SHOWN, OF_WRITES
from web.http.links import links
from web.http.operations import Answer, operation
from web.http.preconditions import etag
from web.http.requests import read_body
from web.http.resource import Resource
from web.lists.fields import FIELDS, read_fields
from web.lists.pages import read_page
from web.lists.query import LIST_PARAMETERS, read_list_request
from web.orders.reading import read_order

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
        "List orders",
        scope=Scope.READ,
        parameters=LIST_PARAMETERS,
        headers=OF_READS,
        answers={
            200: Answer(shape=list_shapes.OrderList, headers=(LINK, *OF_SHOWN)),
            304: Answer(headers=(LINK, *OF_SHOWN)),
        },
        problems=("forbidden", "precondition-failed", "unavailable"),
    )
    async def get(self, request: Request) -> Response:
        asked = read_list_request(request.query, partial(own_client, request))
        page = await read_page(facade_of(request), asked)
        return read_answer(request, page.body, page.etag, {**page.cache.header, **links(request, page.next_cursor)})


@blueprint.route("/orders/{order_id}", name="one")
class SingleOrder(Resource):
    """One order, with its version as entity tag."""

    @operation(
        "Show an order",
        scope=Scope.READ,
        parameters=(FIELDS,),
        headers=OF_READS,
        answers={
            200: Answer(shape=shapes.Order | list_shapes.OrderExcerpt, headers=OF_SHOWN),
            304: Answer(headers=OF_SHOWN),
        },
        problems=("order-not-found", "precondition-failed", "unavailable"),
    )
    async def get(self, request: Request, order_id: str) -> Response:
        fields = read_fields(request)
        shown = await read_order(facade_of(request), order_id)
        check_shown(request, shown.order)
        version, body = shown.order.version, shown.order.body
        body = picked(body, fields) if fields else body
        return read_answer(request, body, etag(version), shown.cache.header, version=version)
