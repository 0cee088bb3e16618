"""`/stats`: how many orders are in each state, how they move, and which are stuck; the sum of what every owner says."""

import orjson
from aiohttp.web import Request, Response
from faust.web import Blueprint

from orderflow.access.principal import Scope
from orderflow.insights.share import decode_counts, decode_share
from orderflow.insights.summary import client_statistics, statistics
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
            counted = await (_of_client(facade, client_id) if client_id is not None else _of_all(facade))
        except (CacheUnavailableError, ValueError) as error:
            raise RefusedError(unavailable("Redis, where statistics are,"), RETRY_AFTER) from error
        return json_answer(dumps_keyed(counted))


def _read(request: Request) -> str | None:
    parameters = Parameters(request.query, (CLIENT_ID,))
    client_id = parameters.one(CLIENT_ID)
    parameters.raise_errors()
    return client_id


async def _of_all(facade: Facade) -> Statistics:
    found = await facade.statistics.shares(facade.partitions)
    return statistics([decode_share(share) for share in found.values()], facade.partitions, facade.clock())


async def _of_client(facade: Facade, client_id: str) -> ClientStatistics:
    found = await facade.statistics.client(client_id, facade.partitions)
    return client_statistics(
        [decode_counts(orjson.loads(counts)) for _, counts in found.values() if counts],
        [decode_share(share) for share, _ in found.values()],
        facade.partitions,
    )
