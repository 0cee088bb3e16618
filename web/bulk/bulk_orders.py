"""`/orders/bulk` and `/orders/bulk/state`: many orders taken or moved by one request."""

from functools import partial

from aiohttp.web import Request, Response
from faust.web import Blueprint

from orderflow.access.principal import Scope
from orderflow.domain.limits import MAX_BULK_BYTES
from orderflow.wire import job_shapes
from orderflow.wire.bulk_bodies import BulkOrdersBody, BulkStateBody, read_bulk_changes, read_bulk_orders
from web.bulk.submission import submit_bulk
from web.commands.submission import SUBMISSION_PROBLEMS
from web.http.headers import IDEMPOTENCY_KEY, LOCATION, OF_WRITES, RETRY_PAUSE
from web.http.operations import Answer, operation
from web.http.requests import read_body
from web.http.resource import Resource

blueprint = Blueprint("bulk-orders")
ORDERS = "/orders/bulk"
STATES = "/orders/bulk/state"

_ANSWERS = {
    200: Answer(shape=job_shapes.Job, headers=(IDEMPOTENCY_KEY,)),
    202: Answer(shape=job_shapes.Job, headers=(IDEMPOTENCY_KEY, LOCATION, RETRY_PAUSE)),
}

_bulk_operation = partial(
    operation, scope=Scope.WRITE, headers=OF_WRITES, answers=_ANSWERS, problems=SUBMISSION_PROBLEMS
)


@blueprint.route(ORDERS, name="taken")
class BulkOrders(Resource):
    """Many new orders; `GET` of this path shows an order that is called so."""

    @_bulk_operation("Take many orders", body=BulkOrdersBody)
    async def post(self, request: Request) -> Response:
        bulk = await read_body(request, read_bulk_orders, limit=MAX_BULK_BYTES)
        return await submit_bulk(request, bulk, ORDERS)


@blueprint.route(STATES, name="moved")
class BulkStates(Resource):
    """Many orders moved; `PUT` of this path moves an order that is called so."""

    @_bulk_operation("Move many orders", body=BulkStateBody)
    async def post(self, request: Request) -> Response:
        bulk = await read_body(request, read_bulk_changes, limit=MAX_BULK_BYTES)
        return await submit_bulk(request, bulk, STATES)
