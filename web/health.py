"""`/livez` and `/readyz`: whether the process runs, and whether what it needs answers."""

import asyncio
from collections.abc import Mapping

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
        answers = await answering(facade)
        checks = _checks(facade, answers)
        missing = [name for name in ("kafka", "mongodb") if not answers[name]]
        if not missing:
            ready: shapes.Ready = {"status": "ready", "checks": checks}
            return json_answer(dumps(ready))
        raise RefusedError(known_as(unavailable(" and ".join(missing)), checks=checks), RETRY_AFTER)


async def answering(facade: Facade) -> dict[str, bool]:
    """Whether each server answers, by its name."""
    mongodb, redis = await asyncio.gather(_database_answers(facade), _cache_answers(facade))
    return {"kafka": facade.tail.ready and facade.commands.ready, "mongodb": mongodb, "redis": redis}


async def checks_of(facade: Facade) -> shapes.Checks:
    """What is said of each server now."""
    return _checks(facade, await answering(facade))


def _checks(facade: Facade, answers: Mapping[str, bool]) -> shapes.Checks:
    return {
        "kafka": facade.commands.refusal or _word(answers["kafka"]),
        "mongodb": _word(answers["mongodb"]),
        "redis": _word(answers["redis"]),
    }


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
