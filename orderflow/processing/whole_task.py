"""What a task of a TaskGroup has to be run through, so that none is lost unnoticed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class AbandonedError(Exception):
    """A task was cancelled by what it waited for, and not by its group."""


async def whole(work: Callable[P, Awaitable[T]], *arguments: P.args, **options: P.kwargs) -> T:
    """What the work gives. A group takes a task that ended in any cancellation for done: one not asked for must fail.

    Drivers cancel what waits for them when a connection dies at the wrong moment.
    """
    try:
        return await work(*arguments, **options)
    except asyncio.CancelledError as cancellation:
        task = asyncio.current_task()
        if task and task.cancelling():
            raise
        raise AbandonedError from cancellation
