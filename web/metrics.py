"""`/metrics`, and what counts every answer."""

import time

from aiohttp.web import HTTPException, Request, Response, StreamResponse, middleware
from faust.web import Blueprint

from orderflow.access.principal import Scope
from orderflow.metrics.role import CONTENT_TYPE
from web.facade import facade_of
from web.health import answering
from web.http.operations import Answer, operation
from web.http.resource import Resource
from web.http.routes import route_of
from web.middleware import Handler

CLIENT_GONE = 499
"""As other servers count a client that did not wait for its answer."""

blueprint = Blueprint("metrics")


@blueprint.route("/metrics", name="metrics")
class Metrics(Resource):
    """What this process has counted, and what it finds when it looks now."""

    @operation(
        "Tell metrics, in Prometheus' text format",
        scope=Scope.ADMIN,
        answers={200: Answer(shape=str, media_type="text/plain")},
    )
    async def get(self, request: Request) -> Response:
        facade = facade_of(request)
        shown = facade.metrics.role.shown(await answering(facade))
        return Response(body=shown, headers={"Content-Type": CONTENT_TYPE})


@middleware
async def count_answers(request: Request, handler: Handler) -> StreamResponse:
    begun, answer = time.perf_counter(), None
    try:
        answer = await handler(request)
    except HTTPException as error:
        answer = error
        raise
    else:
        return answer
    finally:
        _count(request, answer, time.perf_counter() - begun)


def _count(request: Request, answer: StreamResponse | None, seconds: float) -> None:
    """An answer that is sent bit by bit is a live stream."""
    facade_of(request).metrics.answered(
        request.method,
        route_of(request),
        answer.status if answer else CLIENT_GONE,
        seconds if isinstance(answer, Response) else None,
    )
