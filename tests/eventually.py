"""Waiting for a condition, with a deadline instead of a sleep."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable


async def eventually(condition: Callable[[], object | Awaitable[object]], within: float = 10.0) -> None:
    """Return once the condition, a plain or an async function, gives something true; fail after the deadline."""
    deadline = time.monotonic() + within
    while not await _value(condition):
        assert time.monotonic() < deadline, f"still not true after {within:g} s"
        await asyncio.sleep(0.02)


async def _value(condition: Callable[[], object | Awaitable[object]]) -> object:
    found = condition()
    return await found if inspect.isawaitable(found) else found
