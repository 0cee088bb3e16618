"""Batches that overlap: the next one begins before the last one has ended."""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import ParamSpec, Self

from orderflow.processing.whole_task import whole

P = ParamSpec("P")


class Overlap:
    """Runs tasks, `most` at a time, begun in the order in which they were started.

    Leaving it waits for them. A task that fails ends the others and whoever started it, with its error.
    """

    def __init__(self, most: int) -> None:
        self._tasks = asyncio.TaskGroup()
        self._room = asyncio.Semaphore(most)

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._tasks.__aexit__(kind, error, trace)

    async def start(self, work: Callable[P, Awaitable[None]], *arguments: P.args, **options: P.kwargs) -> None:
        """Returns as soon as there is room for another one: whoever takes work then takes what has gathered by then."""
        await self._room.acquire()
        task = self._tasks.create_task(whole(work, *arguments, **options))
        task.add_done_callback(lambda _: self._room.release())
        async with self._room:
            pass
