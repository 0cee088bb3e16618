"""Bulk requests that stop at the first rejection: one item after the other, even after the request was answered."""

import asyncio

import pytest

from orderflow.streaming.command_producer import DeliveryUnknownError, NotAcceptedError
from tests.eventually import eventually
from tests.unit.bulk_requests import KEY, change, create, move, order, statuses
from tests.unit.facade_loop import Client, Loop, running

ASYNC = {**KEY, "Prefer": "respond-async"}


async def job_of(client: Client, link: str) -> tuple[str, list[str]]:
    answer = await client.send("GET", link)
    return (await answer.json())["status"], await statuses(answer)


async def test_nothing_is_sent_after_the_first_rejection(client: Client) -> None:
    order_id = await client.create()
    ways = ["confirmed", "delivered", "assigned"]
    answer = await move(client, *(change(order_id, state) for state in ways), stop=True)
    assert (answer.status, (await answer.json())["status"]) == (200, "done")
    assert await statuses(answer) == ["applied", "rejected", "not_sent"]
    assert len(client.loop.taken) == 3
    again = await move(client, *(change(order_id, state) for state in ways), headers=ASYNC, stop=True)
    assert await again.json() == await answer.json()
    assert len(client.loop.taken) == 3


async def test_an_item_that_is_not_valid_is_a_rejection(client: Client) -> None:
    answer = await create(client, order(0), order(1, items=[]), order(2), stop=True)
    assert await statuses(answer) == ["applied", "rejected", "not_sent"]
    assert len(client.loop.taken) == 1


async def test_the_job_goes_on_when_its_request_has_been_answered(held: Client) -> None:
    answer = await create(held, order(0), order(1), headers=ASYNC, stop=True)
    link = answer.headers["Location"]
    assert (answer.status, await statuses(answer), len(held.loop.taken)) == (202, ["pending", "pending"], 1)
    async with running(held.loop.beside()) as other:
        assert await job_of(other, link) == ("running", ["pending", "pending"])
        assert (await create(other, order(0), order(1), headers=ASYNC, stop=True)).status == 409
    for at in range(2):
        await eventually(lambda at=at: len(held.loop.taken) == at + 1)
        await held.loop.work(held.loop.taken[at])
    assert await job_of(held, link) == ("done", ["applied", "applied"])


async def test_a_repeat_that_waits_joins_the_job(held: Client) -> None:
    await create(held, order(0), order(1), headers=ASYNC, stop=True)
    joined = asyncio.create_task(create(held, order(0), order(1), stop=True))
    for at in range(2):
        await eventually(lambda at=at: len(held.loop.taken) == at + 1)
        await held.loop.work(held.loop.taken[at])
    answer = await joined
    assert (answer.status, answer.headers["Idempotent-Replayed"]) == (200, "true")
    assert await statuses(answer) == ["applied", "applied"]


async def test_another_body_does_not_join_even_where_both_begin_at_once(
    held: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = asyncio.Barrier(2)

    async def unknown_to_both(_: str) -> None:
        await both.wait()

    monkeypatch.setattr(held.loop.jobs, "job", unknown_to_both)
    asked = [asyncio.create_task(create(held, order(number), headers=ASYNC, stop=True)) for number in range(2)]
    answers = await asyncio.gather(*asked)
    assert sorted(answer.status for answer in answers) == [202, 422]
    assert len(held.loop.taken) == 1


async def test_a_facade_that_ends_leaves_a_job_that_another_goes_on_with() -> None:
    loop = Loop(silent=True)
    async with running(loop) as ending:
        link = (await create(ending, order(0), order(1), headers=ASYNC, stop=True)).headers["Location"]
    await loop.work(loop.taken[0])
    async with running(loop.beside()) as other:
        assert await job_of(other, link) == ("interrupted", ["applied", "not_sent"])
        other.loop.silent = False
        assert await statuses(await create(other, order(0), order(1), stop=True)) == ["applied", "applied"]
        assert await job_of(other, link) == ("done", ["applied", "applied"])
    assert len(loop.taken) == 2


async def test_a_job_without_a_heartbeat_is_interrupted(held: Client) -> None:
    link = (await create(held, order(0), order(1), headers=ASYNC, stop=True)).headers["Location"]
    async with running(held.loop.beside()) as other:
        held.loop.jobs.silent.add(link.removeprefix("/jobs/"))
        assert await job_of(other, link) == ("interrupted", ["unknown", "unknown"])
        again = await create(other, order(0), order(1), headers=ASYNC, stop=True)
        assert again.status == 202
    assert len(held.loop.taken) == 2


@pytest.mark.parametrize(("failure", "status"), [(NotAcceptedError(), "not_sent"), (DeliveryUnknownError(), "unknown")])
async def test_kafka_failing_on_the_way_stops_the_job(client: Client, failure: Exception, status: str) -> None:
    order_id, enqueue = await client.create(), client.loop.enqueue

    async def once(named: str, *rest: object) -> None:
        await enqueue(named, *rest)  # type: ignore[arg-type]
        client.loop.failure = failure

    client.loop.enqueue = once  # type: ignore[method-assign]
    changes = [change(order_id, state) for state in ("confirmed", "assigned", "picked_up")]
    answer = await move(client, *changes, stop=True)
    assert ((await answer.json())["status"], await statuses(answer)) == ("interrupted", ["applied", status, "not_sent"])
    client.loop.failure, client.loop.enqueue = None, enqueue  # type: ignore[method-assign]
    assert await statuses(await move(client, *changes, stop=True)) == ["applied"] * 3


async def test_kafka_away_refuses_the_request(client: Client) -> None:
    client.loop.failure = NotAcceptedError()
    answer = await create(client, order(0), stop=True)
    assert (answer.status, (await answer.json())["type"]) == (503, "not-accepted")
    client.loop.failure = None
    assert await statuses(await create(client, order(1), stop=True)) == ["applied"]


async def test_outcomes_that_do_not_come_end_the_job(held: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.bulk.steps.STEP_SECONDS", 0.01)
    answer = await create(held, order(0), order(1), stop=True)
    assert (answer.status, (await answer.json())["status"]) == (200, "interrupted")
    assert await statuses(answer) == ["pending", "not_sent"]
