"""Delivering a message without racing tasks: in everything but the cost it is what Faust's own class does."""

import asyncio
import gc
from collections.abc import Coroutine, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from tests.eventually import eventually
from tests.unit.faust_consumers import BOTH, ConsumerOf, only_ours


class Delivery:
    """Waits twice, first until its gate opens, and remembers what it met."""

    def __init__(self) -> None:
        self.gate: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.met: list[object] = []

    async def run(self) -> str:
        self.met.append("begun")
        try:
            told = await self.gate
            await asyncio.sleep(0)
        except (Exception, asyncio.CancelledError) as error:
            self.met.append(type(error))
            raise
        else:
            return told
        finally:
            self.met.append("over")


async def at_once() -> str:
    return "delivered"


async def broken() -> str:
    raise ValueError("broken")


@pytest.fixture(autouse=True)
def nothing_stays_unawaited() -> Iterator[None]:
    """What is dropped unawaited warns when it is collected, and a warning fails the test."""
    yield
    gc.collect()


def delivering(consumer: Any, delivery: Coroutine[Any, Any, str]) -> Coroutine[Any, Any, Any]:  # noqa: ANN401
    """As the consumer does it for each message."""
    consumer.loop = asyncio.get_running_loop()
    racing: Coroutine[Any, Any, Any] = consumer.wait_first(delivery, consumer.suspend_flow.wait())
    return racing


@BOTH
async def test_what_needs_no_waiting_is_delivered(consumer_of: ConsumerOf, kind: type) -> None:
    found = await delivering(consumer_of(kind), at_once())
    assert (found.results, found.stopped) == (["delivered"], False)


@BOTH
async def test_an_error_comes_out(consumer_of: ConsumerOf, kind: type) -> None:
    with pytest.raises(ValueError, match="broken"):
        await delivering(consumer_of(kind), broken())


@BOTH
async def test_what_waits_is_delivered_in_its_time(consumer_of: ConsumerOf, kind: type) -> None:
    delivery = Delivery()
    racing = asyncio.create_task(delivering(consumer_of(kind), delivery.run()))
    await eventually(lambda: delivery.met)
    assert not racing.done()

    delivery.gate.set_result("delivered")

    assert (await racing).results == ["delivered"]
    assert delivery.met == ["begun", "over"]


@BOTH
async def test_an_error_after_waiting_is_met_inside_and_comes_out(consumer_of: ConsumerOf, kind: type) -> None:
    delivery = Delivery()
    delivery.gate.set_exception(ValueError("broken"))

    with pytest.raises(ValueError, match="broken"):
        await delivering(consumer_of(kind), delivery.run())

    assert delivery.met == ["begun", ValueError, "over"]


@BOTH
@pytest.mark.parametrize("event", ["suspend_flow", "_stopped", "_crashed"])
async def test_a_rebalance_or_a_stop_ends_the_waiting(consumer_of: ConsumerOf, kind: type, event: str) -> None:
    consumer, delivery = consumer_of(kind), Delivery()
    racing = asyncio.create_task(delivering(consumer, delivery.run()))
    await eventually(lambda: delivery.met)

    getattr(consumer, event).set()

    assert (await racing).stopped is (event != "suspend_flow")
    await eventually(lambda: delivery.met == ["begun", asyncio.CancelledError, "over"])


@BOTH
async def test_who_is_cancelled_cancels_the_delivery(consumer_of: ConsumerOf, kind: type) -> None:
    delivery = Delivery()
    racing = asyncio.create_task(delivering(consumer_of(kind), delivery.run()))
    await eventually(lambda: delivery.met)

    racing.cancel()

    with pytest.raises(asyncio.CancelledError):
        await racing
    await eventually(lambda: delivery.met == ["begun", asyncio.CancelledError, "over"])


@BOTH
async def test_a_delivery_that_need_not_wait_costs_no_task(
    consumer_of: ConsumerOf, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    ensure_future = asyncio.ensure_future

    def counted(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        made.append(arguments)
        return ensure_future(*arguments, **options)

    monkeypatch.setattr("mode.services.asyncio", SimpleNamespace(**vars(asyncio) | {"ensure_future": counted}))

    await delivering(consumer_of(kind), at_once())

    only_ours(kind, right=not made)
