"""Many orders at once from Python: each its result, and nothing doubled however the line breaks."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest

from orderflow.client import (
    InvalidError,
    ItemStatus,
    JobUnfinishedError,
    NewOrder,
    OrderflowClient,
    State,
)
from orderflow.streaming.command_producer import NotAcceptedError
from tests.breaking_line import breaking_line
from tests.builders import NOW
from tests.eventually import eventually
from tests.unit.facade_loop import Loop, running
from tests.unit.test_client import ITEMS, connected

ORDERS: list[NewOrder] = [
    {"client_id": "client-1", "items": ITEMS, "external_ref": f"shop-{number}", "placed_at": NOW} for number in range(9)
]


@dataclass(kw_only=True)
class Stumbling(Loop):
    """Takes nothing after the commands that it is told to take, each time anew."""

    takes: list[int] = field(default_factory=list)

    async def enqueue(self, order_id: str, value: bytes, headers: Sequence[tuple[str, bytes]] = ()) -> None:
        if self.takes:
            self.takes[0] -= 1
            if self.takes[0] < 0:
                raise NotAcceptedError("no room")
        await super().enqueue(order_id, value, headers)


@pytest.fixture
async def orderflow() -> AsyncIterator[OrderflowClient]:
    async with connected(Loop()) as client:
        yield client


async def found(orderflow: OrderflowClient) -> set[str]:
    """The orders that there are, each there once."""
    orders = [(order["order_id"], order["version"]) async for order in orderflow.list(client_id="client-1")]
    assert {version for _, version in orders} <= {1}
    return {order_id for order_id, _ in orders}


async def test_many_orders_are_made_and_moved_with_a_result_each(orderflow: OrderflowClient) -> None:
    job = await orderflow.create_many([*ORDERS, {"client_id": "client-1", "items": []}])
    *made, wrong = job["results"]
    assert (job["status"], job["counts"]["applied"], job["counts"]["rejected"]) == ("done", 9, 1)
    assert {result["status"] for result in made} == {ItemStatus.APPLIED}
    assert type(wrong["status"]) is ItemStatus
    assert wrong["error"]
    assert wrong["error"]["errors"][0]["pointer"] == "#/orders/9/items"
    assert await found(orderflow) == {result["order_id"] for result in made}
    assert await orderflow.job(job["job_id"]) == job

    order_id = made[0]["order_id"] or ""
    moves = await orderflow.change_states(
        [
            {"order_id": order_id, "new_state": State.CONFIRMED, "note": "n", "location": None},
            {"order_id": "nobody", "new_state": "confirmed"},
            {"order_id": order_id, "new_state": State.ASSIGNED},
        ],
        stop_on_error=True,
    )
    assert [result["status"] for result in moves["results"]] == ["applied", "rejected", "not_sent"]
    assert moves["results"][0]["state"] is State.CONFIRMED


async def test_an_envelope_that_is_wrong_raises(orderflow: OrderflowClient) -> None:
    with pytest.raises(InvalidError):
        await orderflow.create_many([])


@pytest.mark.parametrize("reaches", [1, 200, 900, 2_500])
async def test_a_line_that_breaks_before_or_in_the_answer_doubles_nothing(reaches: int) -> None:
    loop = Loop()
    async with (
        running(loop) as facade,
        breaking_line(facade.http.port or 0, reaches, reaches) as line,
        OrderflowClient(f"http://127.0.0.1:{line.port}") as orderflow,
    ):
        job = await orderflow.create_many(ORDERS)
        assert line.connections > 2, "the line never broke"
        assert job["counts"]["applied"] == 9
        assert await found(orderflow) == {result["order_id"] for result in job["results"]}
    assert len({record.key for record in loop.taken}) == 9


async def test_a_job_that_was_interrupted_goes_on_under_its_key() -> None:
    loop = Stumbling(takes=[4])

    async with connected(loop, timeout=20.0) as orderflow:
        creating = asyncio.create_task(orderflow.create_many(ORDERS))
        await eventually(lambda: loop.takes[0] < 0)
        loop.takes.clear()
        job = await creating
        assert job["counts"]["applied"] == 9
        assert await found(orderflow) == {result["order_id"] for result in job["results"]}
    assert len(loop.taken) == 9


async def test_outcomes_that_come_late_are_awaited() -> None:
    loop = Loop(silent=True)
    async with connected(loop) as orderflow:
        sent = await orderflow.without_waiting.create_many(ORDERS)
        assert (sent["status"], sent["counts"]["pending"]) == ("running", 9)
        waiting = asyncio.create_task(orderflow.wait_for_job(sent["job_id"]))
        for record in loop.taken:
            await loop.work(record)
        assert (await waiting)["counts"]["applied"] == 9


async def test_a_call_whose_time_is_over_names_its_job() -> None:
    loop = Loop(silent=True)
    async with connected(loop) as orderflow:
        with pytest.raises(JobUnfinishedError) as unfinished:
            await orderflow.create_many(ORDERS, wait=0.9)
        for record in loop.taken:
            await loop.work(record)
        assert (await orderflow.wait_for_job(unfinished.value.job_id))["status"] == "done"
