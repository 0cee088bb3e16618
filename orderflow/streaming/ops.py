"""`/livez`, `/readyz` and `/metrics` of roles without an HTTP interface of their own."""

import asyncio

from aiohttp.web import Request, Response
from faust.web import Blueprint, View
from faust.web.base import BlueprintManager

from orderflow.metrics.membership import show_membership
from orderflow.metrics.role import CONTENT_TYPE
from orderflow.streaming.app import OrderflowApp
from orderflow.streaming.consumer_lag import lag_of
from orderflow.wire.json import dumps

blueprint = Blueprint("ops")


def serve_ops(app: OrderflowApp) -> None:
    """Call it before the App starts; Faust's own pages go."""
    show_membership(app.metrics.registry, lag=lambda: lag_of(app.consumer), retries=app.readiness.retries)
    app.web.blueprints = BlueprintManager()
    app.web.blueprints.add("", blueprint)


@blueprint.route("/livez", name="live")
class Live(View):
    """Alive while the process answers and gets on with what waits for it, or waits for a server itself."""

    async def get(self, _request: Request) -> Response:
        app: OrderflowApp = self.app
        stall = await app.progress.stall()
        return _answer({"status": "stalled", "reason": stall}, 503) if stall else _answer({"status": "alive"}, 200)


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


@blueprint.route("/metrics", name="metrics")
class Metrics(View):
    """What this process has counted, and what it finds when it looks now."""

    async def get(self, _request: Request) -> Response:
        app: OrderflowApp = self.app
        away, missed = await asyncio.gather(app.readiness.away(), app.readiness.missed())
        ready = {server.lower(): server not in away | missed for server in app.readiness.servers}
        return Response(body=app.metrics.shown(ready), headers={"Content-Type": CONTENT_TYPE})


def _answer(body: dict[str, object], status: int) -> Response:
    return Response(body=dumps(body), status=status, content_type="application/json")
