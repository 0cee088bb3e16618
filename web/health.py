"""`/livez` and `/readyz`: whether the process runs, and whether what it needs answers."""

import asyncio

from aiohttp.web import Request, Response
from faust.web import Blueprint

from orderflow.ports import CacheUnavailableError
from orderflow.wire import shapes
from orderflow.wire.json import dumps
from orderflow.wire.problems import unavailable
from web.facade import Facade, facade_of
from web.http.answers import json_answer
from web.http.operations import operation
from web.http.refusals import RETRY_AFTER, RefusedError, known_as
from web.http.resource import Resource

PING_SECONDS = 1.0

blueprint = Blueprint("health")


@blueprint.route("/livez", name="live")
class Live(Resource):
    """Answers while the process does."""

    @operation("Tell whether the process runs", scope=None, answers={200: shapes.Alive})
    async def get(self, _request: Request) -> Response:
        alive: shapes.Alive = {"status": "alive"}
        return json_answer(dumps(alive))


@blueprint.route("/readyz", name="ready")
class Ready(Resource):
    """Writes need Kafka, reads the database; the cache may be away."""

    @operation(
        "Tell whether requests can be answered", scope=None, answers={200: shapes.Ready}, problems=("unavailable",)
    )
    async def get(self, request: Request) -> Response:
        facade = facade_of(request)
        kafka = facade.tail.ready and facade.commands.ready
        mongodb, redis = await asyncio.gather(_database_answers(facade), _cache_answers(facade))
        checks: shapes.Checks = {"kafka": _word(kafka), "mongodb": _word(mongodb), "redis": _word(redis)}
        if facade.commands.refusal:
            checks["kafka"] = facade.commands.refusal
        if kafka and mongodb:
            ready: shapes.Ready = {"status": "ready", "checks": checks}
            return json_answer(dumps(ready))
        missing = " and ".join(name for name, answers in (("kafka", kafka), ("mongodb", mongodb)) if not answers)
        raise RefusedError(known_as(unavailable(missing), checks=checks), RETRY_AFTER)


async def _database_answers(facade: Facade) -> bool:
    try:
        async with asyncio.timeout(PING_SECONDS):
            await facade.queries.ping()
    except Exception:  # noqa: BLE001 - the port's promise: any exception means that it cannot be reached
        return False
    return True


async def _cache_answers(facade: Facade) -> bool:
    try:
        await facade.orders.order("readyz")
    except CacheUnavailableError:
        return False
    return True


def _word(answers: bool) -> str:  # noqa: FBT001 - the answer itself
    return "ok" if answers else "away"
