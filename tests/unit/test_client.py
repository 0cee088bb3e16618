"""The client against the real facade, with a worker in the same process."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest

from orderflow.client import (
    ConflictError,
    InvalidError,
    NotFoundError,
    OrderflowClient,
    OutcomePendingError,
    PreconditionFailedError,
    State,
    Status,
)
from orderflow.wire.shapes import Item
from tests.eventually import eventually
from tests.lossy_line import lossy_line
from tests.unit.facade_loop import Loop, running

ITEMS: list[Item] = [{"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}]


@asynccontextmanager
async def connected(loop: Loop, **options: Any) -> AsyncIterator[OrderflowClient]:  # noqa: ANN401 - the client's
    async with (
        running(loop, wait_seconds=0.0) as facade,
        OrderflowClient(str(facade.http.make_url("")), **options) as orderflow,
    ):
        yield orderflow


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
async def orderflow(loop: Loop) -> AsyncIterator[OrderflowClient]:
    async with connected(loop) as client:
        yield client


async def test_an_order_goes_its_way(orderflow: OrderflowClient) -> None:
    order = await orderflow.create(client_id="client-1", items=ITEMS, external_ref="shop-1", actor="alice")
    moved = await orderflow.change_state(
        order["order_id"], State.IN_TRANSIT, location={"lat": 1, "lon": 2, "label": None}
    )
    cancelled = await orderflow.cancel(order["order_id"], "changed my mind", if_match=2)
    assert [each["state"] for each in (order, moved, cancelled)] == [State.CREATED, State.IN_TRANSIT, State.RETURNING]
    assert await orderflow.get(order["order_id"]) == cancelled
    history = await orderflow.history(order["order_id"])
    assert [entry["to"] for entry in history["history"]] == [State.CREATED, State.IN_TRANSIT, State.RETURNING]


async def test_times_and_states_are_what_their_types_say(orderflow: OrderflowClient) -> None:
    order = await orderflow.create(client_id="client-1", items=ITEMS)
    assert isinstance(order["created_at"], datetime)
    assert order["placed_at"] is None
    assert {type(state) for state in (order["state"], *order["allowed_transitions"])} == {State}


async def test_a_list_turns_its_own_pages(orderflow: OrderflowClient) -> None:
    made = [(await orderflow.create(client_id="client-1", items=ITEMS))["order_id"] for _ in range(5)]
    await orderflow.create(client_id="client-2", items=ITEMS)
    await orderflow.change_state(made[0], State.FAILED)
    found = [order["order_id"] async for order in orderflow.list(client_id="client-1", page_size=2)]
    assert sorted(found) == sorted(made)
    created = [
        order["order_id"] async for order in orderflow.list(client_id="client-1", state=[State.CREATED, "failed"])
    ]
    assert sorted(created) == sorted(made)
    assert [order["order_id"] async for order in orderflow.list(state=[State.FAILED])] == made[:1]


async def test_what_goes_wrong_is_told_apart(orderflow: OrderflowClient) -> None:
    with pytest.raises(NotFoundError, match=r"order-not-found \(404\)"):
        await orderflow.get("nobody's")
    with pytest.raises(InvalidError, match="#/items/0/quantity") as wrong:
        await orderflow.create(client_id="client-1", items=[{**ITEMS[0], "quantity": 0}])
    assert wrong.value.problem["errors"][0]["pointer"] == "#/items/0/quantity"
    order_id = (await orderflow.create(client_id="client-1", items=ITEMS))["order_id"]
    with pytest.raises(ConflictError) as conflict:
        await orderflow.change_state(order_id, State.DELIVERED)
    assert conflict.value.problem["type"] == "transition-not-allowed"
    with pytest.raises(PreconditionFailedError):
        await orderflow.change_state(order_id, State.IN_TRANSIT, if_match=7)


async def test_a_key_of_the_callers_makes_a_repeat_safe(orderflow: OrderflowClient, loop: Loop) -> None:
    twice = [await orderflow.create(client_id="client-1", items=ITEMS, idempotency_key="till-1") for _ in range(2)]
    assert twice[0] == twice[1]
    assert len(loop.taken) == 1


async def test_an_answer_that_is_lost_on_the_way_makes_no_second_order(loop: Loop) -> None:
    async with (
        running(loop) as facade,
        lossy_line(facade.http.port or 0, losses=2) as port,
        OrderflowClient(f"http://127.0.0.1:{port}") as orderflow,
    ):
        order = await orderflow.create(client_id="client-1", items=ITEMS)
        found = [each async for each in orderflow.list(client_id="client-1")]
    assert found == [order]
    assert len({record.key for record in loop.taken}) == 1


async def test_a_command_sent_without_waiting_is_waited_for_later(orderflow: OrderflowClient, loop: Loop) -> None:
    loop.silent = True
    sent = await orderflow.without_waiting.create(client_id="client-1", items=ITEMS)
    assert sent.command_id
    assert (await orderflow.command(sent.order_id, sent.command_id))["status"] == "pending"
    await loop.work(loop.taken[0])
    outcome = await orderflow.wait_for(sent.order_id, sent.command_id)
    assert outcome["status"] is Status.APPLIED
    assert (await orderflow.get(sent.order_id))["version"] == 1


async def test_a_rejection_waited_for_is_an_outcome(orderflow: OrderflowClient) -> None:
    sent = await orderflow.without_waiting.cancel("nobody", "why not")
    assert sent.command_id
    outcome = await orderflow.wait_for(sent.order_id, sent.command_id)
    assert (outcome["status"], outcome["error"] and outcome["error"]["type"]) == (Status.REJECTED, "order-not-found")


async def test_an_outcome_that_comes_late_is_awaited(loop: Loop) -> None:
    loop.silent = True
    async with connected(loop) as orderflow:
        creating = asyncio.create_task(orderflow.create(client_id="client-1", items=ITEMS))
        await eventually(lambda: loop.taken)
        await loop.work(loop.taken[0])
        assert (await creating)["state"] is State.CREATED


async def test_a_call_whose_time_is_over_names_its_command(loop: Loop) -> None:
    loop.silent = True
    async with connected(loop) as orderflow:
        with pytest.raises(OutcomePendingError) as pending:
            await orderflow.create(client_id="client-1", items=ITEMS, wait=0.9)
        await loop.work(loop.taken[0])
        outcome = await orderflow.wait_for(pending.value.order_id, pending.value.command_id)
        assert outcome["status"] is Status.APPLIED


async def test_outside_of_its_context_it_says_how_it_is_used() -> None:
    with pytest.raises(RuntimeError, match="async with"):
        await OrderflowClient("http://127.0.0.1:1").get("ord_1")


def test_it_brings_nothing_of_the_service_with_it() -> None:
    code = "import sys, orderflow.client; print(*{name.partition('.')[0] for name in sys.modules})"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    loaded = told.stdout.split()
    assert "aiohttp" in loaded
    assert {"faust", "mode", "aiokafka", "motor", "pymongo", "redis", "pydantic", "orjson"}.isdisjoint(loaded)
