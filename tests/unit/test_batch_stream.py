"""Batches straight from a stream's queue, against a consumer that only keeps books."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from orderflow.settings import Settings
from orderflow.streaming.app import OrderflowApp


@pytest.fixture
async def app() -> OrderflowApp:
    app = OrderflowApp(Settings(), role="test")
    app.loop = asyncio.get_running_loop()
    app.finalize()
    app.flow_control.resume()
    return app


def event(app: OrderflowApp, offset: int) -> Any:  # noqa: ANN401
    message = SimpleNamespace(topic="t", tp=("t", 0), offset=offset, tracked=False)
    return SimpleNamespace(message=message, app=app)


async def batches(app: OrderflowApp, events: int, size: int, within: float, wanted: int) -> list[list[int]]:
    channel = app.channel()
    stream = app.stream(channel, beacon=app.beacon)
    for offset in range(events):
        stream.channel.queue.put_nowait(event(app, offset))
    found: list[list[int]] = []
    async for batch in stream.noack().noack_take(size, within=within):
        found.append([taken.message.offset for taken in batch])
        if len(found) == wanted:
            break
    return found


async def test_a_batch_is_what_has_gathered_up_to_its_size_in_order(app: OrderflowApp) -> None:
    assert await batches(app, events=5, size=2, within=0.001, wanted=3) == [[0, 1], [2, 3], [4]]


async def test_a_batch_that_is_not_full_goes_after_its_wait(app: OrderflowApp) -> None:
    assert await batches(app, events=3, size=500, within=0.001, wanted=1) == [[0, 1, 2]]
