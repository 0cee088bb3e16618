"""Many orders in one request: each item a command like any other, none lost, none doubled, each with its result."""

import asyncio

from tests.eventually import eventually
from tests.unit.bulk_requests import ASYNC, change, create, move, order, results, statuses
from tests.unit.facade_loop import Client, running


async def test_every_item_has_its_result(client: Client) -> None:
    answer = await create(client, order(0), order(1, client_id=""), order(2))
    body = await answer.json()
    assert (answer.status, body["status"], body["counts"]["applied"], body["counts"]["rejected"]) == (200, "done", 2, 1)
    first, wrong, last = body["results"]
    assert (first["index"], first["status"], first["version"], first["state"]) == (0, "applied", 1, "created")
    assert (wrong["order_id"], wrong["links"], wrong["error"]["type"]) == (None, {}, "validation")
    assert [error["pointer"] for error in wrong["error"]["errors"]] == ["#/orders/1/client_id"]
    shown = await client.send("GET", last["links"]["order"])
    assert (shown.status, (await shown.json())["order_id"]) == (200, last["order_id"])
    assert (await (await client.send("GET", last["links"]["command"])).json())["status"] == "applied"
    assert await (await client.send("GET", body["links"]["self"])).json() == body


async def test_orders_are_moved_each_to_its_state(client: Client) -> None:
    one, other = await client.create(), await client.create()
    answer = await move(
        client,
        change(one, "confirmed"),
        change(one, "confirmed"),
        change(other, "delivered"),
        change("unknown", "confirmed"),
        change(one, "assigned", expected_version=1),
        change(one, "assigned", expected_version=2, note="n", location={"lat": 1, "lon": 2}),
    )
    found = await results(answer)
    assert [result["status"] for result in found] == [
        "applied",
        "unchanged",
        "rejected",
        "rejected",
        "rejected",
        "applied",
    ]
    problems = [result["error"] and result["error"]["type"] for result in found]
    assert problems[2:5] == ["transition-not-allowed", "order-not-found", "version-conflict"]
    assert found[5]["version"] == 3


async def test_a_repeat_sends_nothing_and_shows_the_same(client: Client) -> None:
    first, again = await create(client, order(0), order(1)), await create(client, order(0), order(1), headers=ASYNC)
    assert await first.json() == await again.json()
    assert (again.status, again.headers["Idempotent-Replayed"]) == (200, "true")
    assert len(client.loop.taken) == 2


async def test_without_a_key_one_is_made_and_told(client: Client) -> None:
    answers = [await create(client, order(0), headers={}) for _ in range(2)]
    assert len({(await answer.json())["job_id"] for answer in answers}) == 2
    again = await create(client, order(0), headers={"Idempotency-Key": answers[0].headers["Idempotency-Key"]})
    assert (await again.json())["job_id"] == (await answers[0].json())["job_id"]
    assert len(client.loop.taken) == 2


async def test_who_does_not_wait_gets_a_job_that_fills_up(held: Client) -> None:
    answer = await create(held, order(0), order(1), headers=ASYNC)
    body = await answer.json()
    assert (answer.status, body["status"], await statuses(answer)) == (202, "running", ["pending", "pending"])
    assert (answer.headers["Location"], answer.headers["Retry-After"]) == (f"/jobs/{body['job_id']}", "1")
    assert answer.headers["Preference-Applied"] == "respond-async"
    command = await held.send("GET", body["results"][1]["links"]["command"])
    assert (await command.json())["status"] == "pending"
    await held.loop.work(held.loop.taken[0])
    job = await held.send("GET", answer.headers["Location"])
    assert sorted(await statuses(job)) == ["applied", "pending"]
    assert job.headers["Retry-After"] == "1"
    await held.loop.work(held.loop.taken[1])
    done = await (await held.send("GET", answer.headers["Location"])).json()
    assert (done["status"], done["counts"]["applied"]) == ("done", 2)


async def test_a_repeat_that_does_not_wait_is_told_that_the_first_is_under_way(held: Client) -> None:
    first = asyncio.create_task(create(held, order(0)))
    await eventually(lambda: held.loop.taken)
    second, reused = await create(held, order(0), headers=ASYNC), await create(held, order(1))
    problem = await second.json()
    assert (second.status, problem["type"], second.headers["Retry-After"]) == (409, "idempotency-in-progress", "1")
    assert problem["links"]["job"] == f"/jobs/{problem['job_id']}"
    assert (reused.status, (await reused.json())["type"]) == (422, "command-id-reused")
    await held.loop.work(held.loop.taken[0])
    assert await statuses(await first) == ["applied"]


async def test_another_facade_knows_the_job_and_sends_only_what_has_no_outcome(held: Client) -> None:
    await create(held, order(0), order(1), headers=ASYNC)
    await held.loop.work(held.loop.taken[0])
    async with running(held.loop.beside()) as other:
        assert (await create(other, order(0), order(1), headers=ASYNC)).status == 409
        assert (await create(other, order(0), order(2))).status == 422
        other.loop.silent = False
        assert await statuses(await create(other, order(0), order(1))) == ["applied", "applied"]
    assert len(held.loop.taken) == 3


async def test_without_redis_another_facade_sends_all_again_and_nothing_is_doubled(held: Client) -> None:
    held.loop.cache.away = held.loop.jobs.away = True
    first = await create(held, order(0), headers=ASYNC)
    async with running(held.loop.beside()) as other:
        other.loop.silent = False
        await held.loop.work(held.loop.taken[0])
        again = await create(other, order(0))
        assert (first.status, (await results(again))[0]["version"]) == (202, 1)
        elsewhere = await other.send("GET", first.headers["Location"])
        assert (elsewhere.status, await statuses(elsewhere)) == (200, ["applied"])


async def test_another_body_of_one_item_has_no_effect_where_nobody_knows_the_job(client: Client) -> None:
    await create(client, order(0), order(1))
    client.loop.jobs.away = True
    async with running(client.loop.beside()) as other:
        found = await results(await create(other, order(0), order(7)))
    assert [result["status"] for result in found] == ["applied", "rejected"]
    assert found[1]["error"]["type"] == "command-id-reused"


async def test_changes_of_one_order_keep_their_order(client: Client) -> None:
    order_id = await client.create()
    ways = ["confirmed", "assigned", "picked_up", "in_transit", "out_for_delivery", "attempt_failed"] * 20
    answer = await move(client, *(change(order_id, state, note=str(at)) for at, state in enumerate(ways)))
    sent = [record.value for record in client.loop.taken[1:]]
    assert [f'"note":"{at}"'.encode() in value for at, value in enumerate(sent)] == [True] * len(ways)
    assert len(await results(answer)) == len(ways)


async def test_of_two_orders_with_one_reference_the_first_is_decided_first(held: Client) -> None:
    asked = asyncio.create_task(create(held, *(order(at, external_ref="shop-1") for at in range(2)), order(2)))
    await eventually(lambda: len(held.loop.taken) == 2)
    assert [b"actor-1" in record.value for record in held.loop.taken] == [False, False]
    for at in range(2):
        await held.loop.work(held.loop.taken[at])
    await eventually(lambda: len(held.loop.taken) == 3)
    await held.loop.work(held.loop.taken[2])
    assert (await asked).status == 200


async def test_a_reference_whose_first_order_hears_nothing_waits_only_once(held: Client) -> None:
    async with running(held.loop.beside(), wait_seconds=0.05) as hasty:
        answer = await create(hasty, *(order(at, external_ref="shop-1") for at in range(100)), headers=ASYNC)
    assert (answer.status, len(held.loop.taken)) == (202, 100)
