"""What a facade reads after MongoDB was the first to tell an outcome: the worker has stored it, and come no further."""

from datetime import timedelta

from tests.builders import NOW
from tests.unit.facade_loop import Client, Loop, running

LIST = "/orders?client_id=client-123"


async def halted(client: Client) -> str:
    """An order in the cache, also in a page, of which the cache will be told no more."""
    order_id = await client.create()
    await client.send("GET", LIST)
    client.loop.halts = True
    return order_id


async def shown(client: Client, order_id: str) -> object:
    return (await (await client.send("GET", f"/orders/{order_id}")).json())["state"]


async def listed(client: Client) -> list[object]:
    return [order["state"] for order in (await (await client.send("GET", LIST)).json())["orders"]]


async def test_a_move_shows_in_its_answer_and_in_what_is_read_afterwards() -> None:
    loop = Loop()
    async with running(loop, wait_seconds=0.05) as client:
        order_id = await halted(client)

        moved = await client.move(order_id, "confirmed")

        assert (moved.status, (await moved.json())["state"]) == (200, "confirmed")
        assert await listed(client) == ["confirmed"]
        loop.now += 60
        assert await shown(client, order_id) == "confirmed"


async def test_moves_in_bulk_do_too() -> None:
    async with running(Loop(), wait_seconds=0.05) as client:
        order_id = await halted(client)

        moves = {"changes": [{"order_id": order_id, "new_state": "confirmed"}]}
        answer = await client.send("POST", "/orders/bulk/state", json=moves)

        assert [result["status"] for result in (await answer.json())["results"]] == ["applied"]
        assert await listed(client) == ["confirmed"]
        assert await shown(client, order_id) == "confirmed"


async def test_another_facade_shows_the_order_too_once_this_one_has_answered() -> None:
    loop = Loop()
    async with running(loop, wait_seconds=0.05) as client, running(loop.beside()) as other:
        order_id = await halted(client)
        await client.move(order_id, "confirmed")
        assert await shown(other, order_id) == "confirmed"


async def test_who_asks_for_what_was_long_ago_turns_no_cache_off() -> None:
    async with running(Loop(), wait_seconds=0.05, clock=lambda: NOW + timedelta(minutes=11)) as client:
        await client.move(await halted(client), "confirmed")
        assert (await client.send("GET", LIST)).headers["X-Cache"] == "HIT"
