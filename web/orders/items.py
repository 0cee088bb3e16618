"""`/orders/{id}/items`: amend an order that is not picked up yet, or only see what that would come to."""

from dataclasses import replace
from typing import cast

from aiohttp.web import Request, Response
from faust.web import Blueprint

from orderflow.domain.changes import decide_change
from orderflow.domain.commands import AmendOrder
from orderflow.domain.decision import Applied, Rejected
from orderflow.domain.evolve import evolve
from orderflow.wire import shapes
from orderflow.wire.change_bodies import AmendBody, read_amend
from orderflow.wire.representations import encode_trial
from web.access.ownership import check_owner
from web.commands.submission import Submission
from web.facade import facade_of
from web.http.answers import json_answer
from web.http.headers import ETAG
from web.http.operations import Answer
from web.http.preconditions import as_precondition
from web.http.refusals import RefusedError, known_as
from web.http.requests import read_body
from web.http.resource import Resource
from web.orders.changes import CHANGE_ANSWERS, change, change_of, change_operation
from web.orders.reading import read_stored

blueprint = Blueprint("items")
ROUTE = "/orders/{order_id}/items"


@blueprint.route(ROUTE)
class Items(Resource):
    """The items that an order is to have."""

    @change_operation(
        "Amend an order",
        AmendBody,
        "transition-not-allowed",
        "unavailable",
        answers={**CHANGE_ANSWERS, 200: Answer(shape=shapes.Order | shapes.Trial, headers=(ETAG,))},
    )
    async def put(self, request: Request, order_id: str) -> Response:
        body = await read_body(request, read_amend)
        if not body.dry_run:
            return await change(request, order_id, ROUTE, body)
        return await _try(request, await change_of(request, order_id, ROUTE, replace(body, dry_run=False)))


async def _try(request: Request, submission: Submission) -> Response:
    """Decided here, on the order as it is stored: nobody else ever hears of it."""
    facade, command = facade_of(request), cast("AmendOrder", submission.command)
    order = (await read_stored(facade, command.order_id)).order
    check_owner(request, order.order_id, order.client_id)
    match decide_change(order, command, facade.clock(), facade.lifecycle):
        case Rejected(problem):
            problem = as_precondition(problem) if submission.if_match else problem
            raise RefusedError(known_as(problem, order_id=order.order_id))
        case Applied(event):
            amended = evolve(order, event)
            order = replace(amended, version=order.version, updated_at=order.updated_at)
    return json_answer(encode_trial(order, facade.lifecycle))
