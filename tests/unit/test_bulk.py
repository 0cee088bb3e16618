"""Many orders in one request: each item a command like any other, none lost, none doubled, each with its result."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from orderflow.access.principal import Principal, Scope
from orderflow.access.rates import Rate
from orderflow.adapters.memory_rate_limiter import InMemoryRateLimiter
from orderflow.streaming.command_producer import DeliveryUnknownError, NotAcceptedError
from tests.eventually import eventually
from tests.unit.bulk_requests import KEY, change, create, move, order, results, statuses
from tests.unit.facade_loop import ORDER, Client, Loop, running
from web.facade import OpenGate
from web.gate import LimitedGate

ASYNC = {**KEY, "Prefer": "respond-async"}
BOUND = Principal(name="shop", scopes=frozenset(Scope), client_id="client-123")


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with running(Loop()) as client:
        yield client


@pytest.fixture
async def held() -> AsyncIterator[Client]:
    async with running(Loop(silent=True)) as client:
        yield client


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


async def test_a_repeat_while_kafka_is_away_shows_what_is_known(client: Client) -> None:
    order_id = await client.create()
    changes = [change(order_id, "confirmed"), change("unknown", "confirmed")]
    assert await statuses(await move(client, *changes)) == ["applied", "rejected"]
    client.loop.failure = NotAcceptedError()
    again = await move(client, *changes)
    assert (again.status, await statuses(again)) == (200, ["applied", "rejected"])


async def test_kafka_away_refuses_the_request_and_leaves_its_key_free(client: Client) -> None:
    client.loop.failure = NotAcceptedError()
    answer = await create(client, order(0), order(1, client_id=""))
    assert (answer.status, (await answer.json())["type"]) == (503, "not-accepted")
    client.loop.failure = None
    assert await statuses(await create(client, order(2))) == ["applied"]


async def test_an_unknown_delivery_names_the_job_and_the_key(client: Client) -> None:
    client.loop.failure = DeliveryUnknownError()
    answer = await create(client, order(0), headers={})
    problem = await answer.json()
    assert (answer.status, problem["type"]) == (503, "delivery-unknown")
    job = await client.send("GET", problem["links"]["job"])
    assert ((await job.json())["status"], await statuses(job)) == ("interrupted", ["unknown"])
    client.loop.failure = None
    again = await create(client, order(0), headers={"Idempotency-Key": problem["idempotency_key"]})
    assert ((await again.json())["job_id"], await statuses(again)) == (problem["job_id"], ["applied"])


async def test_kafka_failing_halfway_is_told_item_by_item(client: Client) -> None:
    order_id, enqueue, sent = await client.create(), client.loop.enqueue, []

    async def failing(named: str, *rest: object) -> None:
        sent.append(named)
        if len(sent) == 2:
            raise DeliveryUnknownError
        await enqueue(named, *rest)  # type: ignore[arg-type]

    client.loop.enqueue = failing  # type: ignore[method-assign]
    changes = [change(order_id, state) for state in ("confirmed", "assigned", "picked_up")]
    answer = await move(client, *changes)
    assert (answer.status, (await answer.json())["status"]) == (200, "interrupted")
    assert await statuses(answer) == ["applied", "unknown", "not_sent"]
    again = await move(client, *changes, headers=ASYNC)
    assert (again.status, await statuses(again), len(sent)) == (200, ["applied"] * 3, 4)


async def test_a_bound_principal_orders_for_its_client_only() -> None:
    async with running(Loop()) as anyone, running(anyone.loop.beside(), principal=BOUND) as bound:
        theirs = await anyone.create(client_id="somebody-else")
        created = await results(await create(bound, order(0), order(1, client_id="somebody-else")))
        moved = await results(await move(bound, change(theirs, "confirmed")))
        assert [(item["status"], (item["error"] or {}).get("type")) for item in created + moved] == [
            ("applied", None),
            ("rejected", "forbidden"),
            ("rejected", "order-not-found"),
        ]


async def test_a_job_is_its_senders_alone() -> None:
    async with running(Loop()) as anyone, running(anyone.loop.beside(), principal=BOUND) as bound:
        link = (await (await create(bound, order(0))).json())["links"]["self"]
        answers = [await client.send("GET", link) for client in (bound, anyone)]
        assert [answer.status for answer in answers] == [200, 404]
        assert (await answers[1].json())["type"] == "job-not-found"


async def test_a_job_nobody_knows_is_not_found_or_not_to_be_told(client: Client) -> None:
    for job_id in ("job_1", "%FF", "a%20b"):
        answer = await client.send("GET", f"/jobs/{job_id}")
        assert (answer.status, (await answer.json())["type"]) == (404, "job-not-found")
    client.loop.jobs.away = True
    assert (await client.send("GET", "/jobs/job_1")).status == 503


async def test_orders_called_bulk_are_still_orders(client: Client) -> None:
    for method, path, body in (
        ("GET", "/orders/bulk", None),
        ("PUT", "/orders/bulk/state", {"new_state": "confirmed"}),
        ("GET", "/orders/bulk/history", None),
    ):
        answer = await client.send(method, path, json=body)
        assert (answer.status, (await answer.json())["type"]) == (404, "order-not-found")
    assert (await client.send("PUT", "/orders/bulk", json={})).status == 405


async def test_too_many_at_a_time_are_asked_to_come_again(held: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.jobs.MAX_UNDER_WAY", 0)
    answer = await create(held, ORDER)
    assert (answer.status, (await answer.json())["type"], answer.headers["Retry-After"]) == (503, "unavailable", "1")
    assert held.loop.taken == []


async def test_a_bulk_counts_as_many_requests_as_it_has_items() -> None:
    limiter = InMemoryRateLimiter(Rate(per_second=0.001, burst=3), lambda: 0.0)
    async with running(Loop(), gate=LimitedGate(OpenGate(), limiter)) as client:
        answers = [await create(client, order(at), order(at), headers={}) for at in range(3)]
        assert [answer.status for answer in answers] == [200, 200, 429]
