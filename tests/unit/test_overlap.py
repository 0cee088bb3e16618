"""Tasks that overlap: how many at once, and what their failures do."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from orderflow.processing.whole_task import AbandonedError
from orderflow.streaming.overlap import Overlap
from tests.eventually import eventually


async def run_for_ever(*works: Callable[[], Awaitable[None]]) -> None:
    async with Overlap(3) as batches:
        for work in works:
            await batches.start(work)
        await asyncio.Event().wait()


async def test_no_more_run_at_once_than_there_is_room_for() -> None:
    running, most, go = 0, 0, asyncio.Event()

    async def work() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await go.wait()
        running -= 1

    async def all_of_them() -> None:
        async with Overlap(2) as batches:
            for _ in range(5):
                await batches.start(work)

    task = asyncio.create_task(all_of_them())
    await eventually(lambda: running == 2)
    go.set()
    await task
    assert (running, most) == (0, 2)


async def test_whoever_starts_work_comes_back_when_there_is_room_for_more() -> None:
    go, back = asyncio.Event(), asyncio.Event()

    async def start_two() -> None:
        async with Overlap(2) as batches:
            await batches.start(go.wait)  # type: ignore[arg-type]
            await batches.start(asyncio.Event().wait)  # type: ignore[arg-type]
            back.set()

    task = asyncio.create_task(start_two())
    for _ in range(20):
        await asyncio.sleep(0)
    assert not back.is_set()
    go.set()
    await eventually(back.is_set)
    task.cancel()
    await asyncio.wait([task])


async def test_a_failure_ends_the_others_and_whoever_started_them() -> None:
    ended = []

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("waiting")
            raise

    async def fail() -> None:
        raise OSError("gone")

    with pytest.raises(ExceptionGroup) as failed:
        await run_for_ever(wait, fail)
    assert (failed.group_contains(OSError), ended) == (True, ["waiting"])


async def test_a_cancellation_that_nobody_asked_for_is_a_failure() -> None:
    async def abandoned() -> None:
        raise asyncio.CancelledError

    with pytest.raises(ExceptionGroup) as failed:
        await run_for_ever(abandoned)
    assert failed.group_contains(AbandonedError)


async def test_whoever_is_cancelled_takes_its_tasks_along() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    task = asyncio.create_task(run_for_ever(wait))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()
