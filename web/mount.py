"""The views onto a Faust App: every page is ours, and what they work with lives as long as the server answers."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import faust
from aiohttp.web import Application
from faust.web.base import BlueprintManager

from web import documents, health, metrics, statistics
from web.admin import dead_letters, status
from web.bulk import bulk_orders, job
from web.commands import command
from web.dashboard import page
from web.facade import FACADE, Facade
from web.http.security import secure
from web.live import client_events, order_events
from web.metrics import count_answers
from web.middleware import answer_problems
from web.openapi.document import encode_openapi
from web.orders import cancellation, corrections, history, holds, items, orders, state
from web.tracing import show_trace, trace_requests

_CHANGES = (state, cancellation, holds, items, corrections)
_EVENTS = (history, order_events, client_events)
_OTHERS = (command, bulk_orders, job, statistics, health, metrics, dead_letters, status, documents, page)
BLUEPRINTS = tuple(module.blueprint for module in (orders, *_CHANGES, *_EVENTS, *_OTHERS))

Lifespan = Callable[[], AbstractAsyncContextManager[Facade]]


def mount(app: faust.App, lifespan: Lifespan) -> None:
    """Call it before the web server starts.

    `lifespan` is entered before the server listens, and left after the last request under way has been answered.
    """
    app.web.blueprints = BlueprintManager()
    for blueprint in BLUEPRINTS:
        app.web.blueprints.add("", blueprint)
    served: Application = app.web.web_app
    served.middlewares.extend((count_answers, trace_requests, answer_problems))
    served[documents.OPENAPI] = encode_openapi(BLUEPRINTS)
    served.on_response_prepare.extend((secure, show_trace))

    async def live(application: Application) -> AsyncIterator[None]:
        async with lifespan() as facade:
            application[FACADE] = facade
            yield

    async def end_streams(application: Application) -> None:
        """Before requests under way are waited for: these would never end."""
        application[FACADE].streams.end()

    served.cleanup_ctx.append(live)
    served.on_shutdown.append(end_streams)
