"""`/livez` and `/readyz` of roles without an HTTP interface of their own."""

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
    """Ready once it has joined the group, while nothing is waited for; else `checks` names the servers awaited."""

    async def get(self, _request: Request) -> Response:
        app: OrderflowApp = self.app
        awaited = app.readiness.awaited
        if app.rebalancing or not app.joined:
            awaited.setdefault("Kafka", "the group is rebalancing")
        if awaited:
            return _answer({"status": "waiting", "checks": awaited}, 503)
        return _answer({"status": "ready", "partitions": len(app.consumer.assignment())}, 200)


def _answer(body: dict[str, object], status: int) -> Response:
    return Response(body=dumps(body), status=status, content_type="application/json")
