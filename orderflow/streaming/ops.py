"""`/livez` and `/readyz` of roles without an HTTP interface of their own."""

import asyncio

import faust
from aiohttp.web import Request, Response
from faust.web import Blueprint, View
from faust.web.base import BlueprintManager

from orderflow.streaming.app import OrderflowApp
from orderflow.wire.json import dumps

blueprint = Blueprint("ops")


def serve_ops(app: faust.App) -> None:
    """Call it before the App starts; Faust's own pages go."""
    app.web.blueprints = BlueprintManager()
    app.web.blueprints.add("", blueprint)


@blueprint.route("/livez", name="live")
class Live(View):
    """Answers while the process does."""

    async def get(self, _request: Request) -> Response:
        return _answer({"status": "alive"}, 200)


@blueprint.route("/readyz", name="ready")
class Ready(View):
    """Ready once it has joined the group, while what it needs answers; `checks` names the servers that do not."""

    async def get(self, _request: Request) -> Response:
        app: OrderflowApp = self.app
        missing, missed = await asyncio.gather(app.readiness.missing(), app.readiness.missed())
        if app.rebalancing or not app.joined:
            missing.setdefault("Kafka", "the group is rebalancing")
        elif not app.consumer.is_member:
            missing.setdefault("Kafka", "the group does not know this worker any more")
        if missing:
            return _answer({"status": "waiting", "checks": missing | missed}, 503)
        return _answer({"status": "ready", "checks": missed, "partitions": len(app.consumer.assignment())}, 200)


def _answer(body: dict[str, object], status: int) -> Response:
    return Response(body=dumps(body), status=status, content_type="application/json")
