"""The facade of the unit tests, served to a browser from a thread of its own."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from aiohttp.web import Application, AppRunner, TCPSite

from orderflow.local.ports import HOST, free_port

T = TypeVar("T")
SECONDS = 30.0


class Served:
    """Where it is served, and the way into its thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, url: str) -> None:
        self._loop = loop
        self.url = url

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(SECONDS)


@contextmanager
def served(make: Callable[[], Application]) -> Iterator[Served]:
    loop, port = asyncio.new_event_loop(), free_port()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    place = Served(loop, f"http://{HOST}:{port}/")
    runner = place.do(_start(make, port))
    try:
        yield place
    finally:
        place.do(runner.cleanup())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _start(make: Callable[[], Application], port: int) -> AppRunner:
    runner = AppRunner(make(), access_log=None)
    await runner.setup()
    await TCPSite(runner, HOST, port).start()
    return runner
