"""Waiting for what a measurement needs, for a while."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable

LOOK_SECONDS = 0.02


class FailedError(Exception):
    """Something ended, or did not get done; the message says what, in its last words."""


async def until(true: Callable[[], bool | Awaitable[bool]], otherwise: str, seconds: float = 60.0) -> None:
    """Raises FailedError, saying what was to be said otherwise."""
    deadline = time.monotonic() + seconds
    while not await _value(true()):
        if time.monotonic() > deadline:
            raise FailedError(f"{otherwise} within {seconds:g} s")
        await asyncio.sleep(LOOK_SECONDS)


async def _value(found: bool | Awaitable[bool]) -> bool:  # noqa: FBT001 - what a condition gave
    return await found if inspect.isawaitable(found) else bool(found)
