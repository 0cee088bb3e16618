"""`/admin/status`: who works and what waits, as far as that can be learned now."""

from functools import partial

from aiohttp.web import Request, Response
from faust.web import Blueprint

from orderflow.access.principal import Scope
from orderflow.wire import status_shapes
from web.facade import facade_of
from web.health import checks_of
from web.http.answers import json_answer
from web.http.operations import operation
from web.http.resource import Resource

blueprint = Blueprint("status")


@blueprint.route("/admin/status")
class DeploymentStatus(Resource):
    """Answers also while servers are away, and names what is missing for that."""

    @operation("Show who works and what waits", scope=Scope.ADMIN, answers={200: status_shapes.Status})
    async def get(self, request: Request) -> Response:
        facade = facade_of(request)
        return json_answer(await facade.overview.encoded(partial(checks_of, facade)))
