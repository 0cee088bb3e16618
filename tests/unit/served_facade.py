"""A facade's web application, with no broker."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import faust
from aiohttp.web import Application

from web.facade import Facade
from web.mount import mount


def served(facade: Facade) -> Application:
    @asynccontextmanager
    async def lifespan() -> AsyncIterator[Facade]:
        yield facade
        await facade.jobs.close()

    app = faust.App("test-web", broker="kafka://nowhere")
    mount(app, lifespan)
    app.web.init_server()
    application: Application = app.web.web_app
    return application
