"""`/stats`: how many orders are in each state, how they move, and which are stuck; the sum of what every owner says."""

from aiohttp.web import Request, Response
from faust.web import Blueprint

from orderflow.access.principal import Scope
from orderflow.insights.reading import all_orders, orders_of
from orderflow.ports import CacheUnavailableError
from orderflow.wire.json import dumps_keyed
from orderflow.wire.problems import unavailable
from orderflow.wire.statistics_shapes import ClientStatistics, Statistics
from web.access.ownership import own_client
from web.facade import Facade, facade_of
from web.http.answers import json_answer
from web.http.operations import operation
from web.http.parameters import Parameters
from web.http.refusals import RETRY_AFTER, RefusedError
from web.http.resource import Resource
from web.lists.query import CLIENT_ID

blueprint = Blueprint("statistics")


@blueprint.route("/stats", name="statistics")
class OrderStatistics(Resource):
    """A client sees its own counts only."""

    @operation(
        "Count orders, of all clients or of one",
        scope=Scope.READ,
        parameters=(CLIENT_ID,),
        answers={200: Statistics | ClientStatistics},
        problems=("forbidden", "unavailable"),
    )
    async def get(self, request: Request) -> Response:
        facade = facade_of(request)
        client_id = own_client(request, _read(request))
        try:
            counted = await _counted(facade, client_id)
        except (CacheUnavailableError, ValueError) as error:
            raise RefusedError(unavailable("Redis, where statistics are,"), RETRY_AFTER) from error
        return json_answer(dumps_keyed(counted))


def _read(request: Request) -> str | None:
    parameters = Parameters(request.query, (CLIENT_ID,))
    client_id = parameters.one(CLIENT_ID)
    parameters.raise_errors()
    return client_id


async def _counted(facade: Facade, client_id: str | None) -> Statistics | ClientStatistics:
    if client_id is None:
        return await all_orders(facade.statistics, facade.partitions, facade.clock())
    return await orders_of(facade.statistics, client_id, facade.partitions)
