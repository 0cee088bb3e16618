"""What a bulk request may not, and what is said where Kafka or another principal is in its way."""

import pytest

from orderflow.access.principal import Principal, Scope
from orderflow.access.rates import Rate
from orderflow.adapters.memory_rate_limiter import InMemoryRateLimiter
from orderflow.streaming.command_producer import DeliveryUnknownError, NotAcceptedError
from tests.unit.bulk_requests import ASYNC, change, create, move, order, results, statuses
from tests.unit.facade_loop import ORDER, Client, Loop, running
from web.access.gate import LimitedGate
from web.facade import OpenGate

BOUND = Principal(name="shop", scopes=frozenset(Scope), client_id="client-123")


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
    monkeypatch.setattr("web.bulk.jobs.MAX_UNDER_WAY", 0)
    answer = await create(held, ORDER)
    assert (answer.status, (await answer.json())["type"], answer.headers["Retry-After"]) == (503, "unavailable", "1")
    assert held.loop.taken == []


async def test_a_bulk_counts_as_many_requests_as_it_has_items() -> None:
    limiter = InMemoryRateLimiter(Rate(per_second=0.001, burst=3), lambda: 0.0)
    async with running(Loop(), gate=LimitedGate(OpenGate(), limiter)) as client:
        answers = [await create(client, order(at), order(at), headers={}) for at in range(3)]
        assert [answer.status for answer in answers] == [200, 200, 429]
