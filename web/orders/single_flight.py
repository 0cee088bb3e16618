"""Who asks for the same thing at the same time shares one answer."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class SingleFlight:
    """A page that falls out of the cache under load is read once, not once per request."""

    def __init__(self) -> None:
        self._flights: dict[str, asyncio.Task[bytes]] = {}

    async def get(self, key: str, load: Callable[[], Coroutine[Any, Any, bytes]]) -> bytes:
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = asyncio.create_task(load())
            flight.add_done_callback(lambda _: self._flights.pop(key))
        # One who gives up must not take the answer from the others.
        return await asyncio.shield(flight)
