"""Delivering a message without racing tasks: in everything but the cost it is what Faust's own class does."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from faust.transport.drivers import aiokafka as driver

from orderflow.streaming.safe_transport import SafeConsumer
from tests.eventually import eventually
from tests.unit.faust_consumers import BOTH, ConsumerOf, only_ours


class Delivery:
    """A delivery that waits until it is let go, and remembers what it met."""

    def __init__(self) -> None:
        self.gate: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.met: list[object] = []

    async def run(self) -> str:
        self.met.append("begun")
        try:
            # Twice, so that it is resumed more than once.
            await asyncio.sleep(0)
            return await self.gate
        except (Exception, asyncio.CancelledError) as error:
            self.met.append(type(error))
            raise
        finally:
            self.met.append("over")


@pytest.fixture
def racing(consumer_of: ConsumerOf) -> Callable[[type], Any]:
    def make(kind: type) -> Any:  # noqa: ANN401
        consumer = consumer_of(kind)
        consumer.loop = asyncio.get_running_loop()
        return consumer

    return make


@pytest.fixture(autouse=True)
async def nothing_left_unawaited() -> AsyncIterator[None]:
    """A coroutine that is dropped warns when it is collected, and warnings are errors."""
    yield
    gc.collect()


@BOTH
async def test_what_needs_no_waiting_is_delivered(racing: ConsumerOf, kind: type) -> None:
    consumer = racing(kind)
    delivery = Delivery()
    delivery.gate.set_result("delivered")

    found = await consumer.wait_first(delivery.gate_free(), consumer.suspend_flow.wait())

    assert found.results == ["delivered"]
