"""One Faust App per role. Agents and views find theirs here; settings are read when it is first asked for."""

from functools import cache

import faust
from faust.app import BootStrategy

from orderflow.settings import INSIGHTS_PORT, OPS_PORT, Settings
from orderflow.streaming.app import OrderflowApp
from orderflow.streaming.ops import serve_ops
from orderflow.wire.records import Topic


class WebBoot(BootStrategy):
    """Only the HTTP server: the facade brings a producer of its own, which may start while Kafka is away."""

    def producer_only(self) -> object:
        return self.web_server()


class WebApp(OrderflowApp):
    """The facade's App: no agents, no group."""

    producer_only = True
    BootStrategy = WebBoot


@cache
def worker() -> OrderflowApp:
    """The App of the command agent."""
    return _agent("worker", "agents.commands", OPS_PORT)


@cache
def insights() -> OrderflowApp:
    """The App of the statistics."""
    return _agent("insights", "agents.events", INSIGHTS_PORT)


@cache
def web() -> WebApp:
    """The App of the facade."""
    settings = Settings()
    return WebApp(settings, role="web", autodiscover=["web"], web_bind=settings.http_host, web_port=settings.http_port)


def _agent(role: str, module: str, port: int) -> OrderflowApp:
    settings = Settings()
    app = OrderflowApp(
        settings,
        role=role,
        autodiscover=[module],
        web_bind=settings.http_host,
        web_port=settings.ops_port or port,
    )
    serve_ops(app)
    return app


def command_topic(app: OrderflowApp) -> faust.TopicT:
    return _topic(app, Topic.COMMANDS)


def event_topic(app: OrderflowApp) -> faust.TopicT:
    return _topic(app, Topic.EVENTS)


def _topic(app: OrderflowApp, topic: Topic) -> faust.TopicT:
    """Its records as bytes: whatever they hold, reading them never fails."""
    return app.topic(
        app.settings.named(topic),
        key_type=bytes,
        key_serializer="raw",
        value_type=bytes,
        value_serializer="raw",
        partitions=app.settings.partitions,
    )
