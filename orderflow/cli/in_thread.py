"""A blocking source, such as a terminal or a slow disk, read beside the event loop."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from threading import Thread
from typing import TypeVar

T = TypeVar("T")
_END = None


async def in_thread(source: Iterator[T]) -> AsyncIterator[T]:
    """The members of `source`, each made in a thread that an interrupted program does not wait for."""
    loop = asyncio.get_running_loop()
    while True:
        made: asyncio.Future[tuple[T] | None] = loop.create_future()
        Thread(target=_make, args=(source, loop, made), daemon=True).start()
        member = await made
        if member is _END:
            return
        yield member[0]


def _make(source: Iterator[T], loop: asyncio.AbstractEventLoop, made: asyncio.Future[tuple[T] | None]) -> None:
    member: tuple[T] | None = _END
    error: Exception | None = None
    try:
        member = next(((each,) for each in source), _END)
    except Exception as failure:  # noqa: BLE001  the reader of `made` gets it
        error = failure
    # The loop is closed when the program was interrupted meanwhile.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(_tell, made, member, error)


def _tell(made: asyncio.Future[tuple[T] | None], member: tuple[T] | None, error: Exception | None) -> None:
    if made.done():
        return
    if error:
        made.set_exception(error)
    else:
        made.set_result(member)
