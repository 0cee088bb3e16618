"""One Idempotency-Key, two requests: one effect, and each client told what became of it."""

import asyncio
from dataclasses import replace

import pytest
from aiohttp import ClientResponse

from orderflow.ports import CachedOutcome, Refresh
from orderflow.streaming.command_producer import DeliveryUnknownError, NotAcceptedError
from tests.eventually import eventually
from tests.unit.facade_loop import ORDER, Client, running

KEY = {"Idempotency-Key": "k-1"}
ASYNC = {**KEY, "Prefer": "respond-async"}
OTHER = {**ORDER, "actor": "somebody else"}
REPLAYED = "Idempotent-Replayed"


async def post(client: Client, body: object = ORDER, headers: dict[str, str] = KEY) -> ClientResponse:
    return await client.send("POST", "/orders", json=body, headers=headers)


async def verdict(answer: ClientResponse) -> tuple[int, str | None]:
    return answer.status, (await answer.json()).get("type")


async def test_a_replayed_create_shows_the_order_as_it_is_now_and_sends_nothing(client: Client) -> None:
    first = await post(client)
    order_id = (await first.json())["order_id"]
    assert (await client.move(order_id, "confirmed")).status == 200
    again = await post(client, headers=ASYNC)
    assert (first.status, again.status, (await again.json())["version"]) == (201, 201, 2)
    assert (REPLAYED in first.headers, again.headers[REPLAYED]) == (False, "true")
    assert again.headers["Location"] == f"/orders/{order_id}"
    assert len(client.loop.taken) == 2


async def test_two_that_wait_get_the_same_outcome(held: Client) -> None:
    waiting = [asyncio.create_task(post(held)) for _ in range(2)]
    await eventually(lambda: held.loop.taken)
    await held.loop.work(held.loop.taken[0])
    answers = await asyncio.gather(*waiting)
    assert [answer.status for answer in answers] == [201, 201]
    assert sorted(REPLAYED in answer.headers for answer in answers) == [False, True]
    assert len({(await answer.json())["order_id"] for answer in answers}) == 1


async def test_one_that_does_not_wait_is_told_that_the_first_is_under_way(held: Client) -> None:
    first = asyncio.create_task(post(held))
    await eventually(lambda: held.loop.taken)
    second = await post(held, headers={**KEY, "Prefer": "wait=0"})
    problem = await second.json()
    assert (second.status, problem["type"], second.headers["Retry-After"]) == (409, "idempotency-in-progress", "1")
    assert problem["links"]["command"] == f"/orders/{problem['order_id']}/commands/{problem['command_id']}"
    assert len(held.loop.taken) == 1
    await held.loop.work(held.loop.taken[0])
    assert ((await first).status, (await (await first).json())["order_id"]) == (201, problem["order_id"])


async def test_another_body_is_refused_while_the_first_is_under_way_and_after(held: Client) -> None:
    first = asyncio.create_task(post(held))
    await eventually(lambda: held.loop.taken)
    assert await verdict(await post(held, OTHER)) == (422, "command-id-reused")
    await held.loop.work(held.loop.taken[0])
    assert (await first).status == 201
    assert await verdict(await post(held, OTHER)) == (422, "command-id-reused")
    assert len(held.loop.taken) == 1


async def test_another_facade_knows_what_is_under_way(held: Client) -> None:
    assert (await post(held, headers=ASYNC)).status == 202
    async with running(held.loop.beside()) as other:
        assert await verdict(await post(other, headers=ASYNC)) == (409, "idempotency-in-progress")
        assert await verdict(await post(other, OTHER)) == (422, "command-id-reused")
        assert len(held.loop.taken) == 1
        waiting = [asyncio.create_task(post(facade)) for facade in (held, other)]
        await eventually(lambda: len(held.loop.taken) == 3)
        await held.loop.work(held.loop.taken[0])
        assert [((await answer).status, (await answer).headers[REPLAYED]) for answer in waiting] == [(201, "true")] * 2


@pytest.mark.parametrize("away", [False, True])
async def test_an_outcome_that_did_not_come_in_here_is_found_where_it_is_remembered(held: Client, away: bool) -> None:  # noqa: FBT001
    assert (await post(held, headers=ASYNC)).status == 202
    held.loop.cache.away = away
    held.loop.boards.clear()
    await held.loop.work(held.loop.taken[0])
    again = await post(held, headers=ASYNC)
    assert (again.status, again.headers[REPLAYED], len(held.loop.taken)) == (201, "true", 1)


async def test_another_facade_answers_an_outcome_from_redis(client: Client) -> None:
    order_id = (await (await post(client)).json())["order_id"]
    async with running(client.loop.beside()) as other:
        other.loop.silent = True
        again = await post(other, headers=ASYNC)
        assert (again.status, (await again.json())["order_id"], again.headers[REPLAYED]) == (201, order_id, "true")
    assert len(client.loop.taken) == 1


async def test_without_redis_another_facade_sends_again_and_the_worker_tells_repeats(held: Client) -> None:
    held.loop.cache.away = True
    first = await post(held, headers=ASYNC)
    async with running(held.loop.beside()) as other:
        other.loop.silent = False
        await held.loop.work(held.loop.taken[0])
        again = await post(other)
        assert (first.status, again.status, again.headers[REPLAYED]) == (202, 201, "true")
        assert (await again.json())["version"] == 1
        assert await verdict(await post(other, OTHER)) == (422, "command-id-reused")


async def test_what_kafka_did_not_take_leaves_no_mark(held: Client) -> None:
    held.loop.failure = NotAcceptedError()
    assert await verdict(await post(held)) == (503, "not-accepted")
    held.loop.failure = None
    assert (await post(held, OTHER, ASYNC)).status == 202


async def test_what_kafka_may_have_taken_can_be_sent_again_without_waiting(held: Client) -> None:
    held.loop.failure = DeliveryUnknownError()
    assert await verdict(await post(held)) == (503, "delivery-unknown")
    held.loop.failure = None
    assert (await post(held, headers=ASYNC)).status == 202


async def test_who_got_a_202_may_ask_again_and_wait(held: Client) -> None:
    pending = await post(held, headers={**KEY, "Prefer": "wait=0"})
    held.loop.silent = False
    await held.loop.work(held.loop.taken[0])
    done = await post(held)
    assert (pending.status, done.status, done.headers[REPLAYED]) == (202, 201, "true")


async def test_a_rejection_that_the_order_remembers_is_repeated(client: Client) -> None:
    order_id = await client.create()
    answers = [await client.move(order_id, "delivered", headers=KEY) for _ in range(2)]
    assert [await verdict(answer) for answer in answers] == [(409, "transition-not-allowed")] * 2
    assert [REPLAYED in answer.headers for answer in answers] == [False, True]
    assert len(client.loop.taken) == 2


async def test_a_rejection_that_no_order_remembers_is_decided_afresh(client: Client) -> None:
    answers = [await client.move("ord_unknown", "confirmed", headers=KEY) for _ in range(2)]
    assert [await verdict(answer) for answer in answers] == [(404, "order-not-found")] * 2
    assert len(client.loop.taken) == 2


async def test_an_outcome_that_cannot_be_read_is_asked_for_again(held: Client) -> None:
    body = await (await post(held, headers=ASYNC)).json()
    later = CachedOutcome(order_id=body["order_id"], command_id=body["command_id"], body=b'{"v": 2}', lasting=True)
    await held.loop.cache.refresh(Refresh(outcomes=[later]))
    async with running(replace(held.loop.beside(), silent=False)) as other:
        assert (await post(other)).status == 201


async def test_a_request_without_a_key_asks_nobody_first(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    for call in ("outcome", "mark_pending"):
        monkeypatch.setattr(client.loop.cache, call, lambda *_, call=call: asked.append(call))
    await client.create()
    assert asked == []
