"""Waiting for an outcome: as long as the client likes, never for nothing, and honest when Kafka is away."""

import asyncio

import pytest

from orderflow.streaming.command_producer import DeliveryUnknownError, NotAcceptedError
from tests.eventually import eventually
from tests.unit.facade_loop import ORDER, Loop, running


async def test_a_client_that_does_not_wait_is_told_where_to_look() -> None:
    async with running(Loop()) as client:
        answer = await client.send("POST", "/orders", json=ORDER, headers={"Prefer": "respond-async"})
        body = await answer.json()
        assert (answer.status, body["status"], answer.headers["Preference-Applied"]) == (
            202,
            "pending",
            "respond-async",
        )
        assert answer.headers["Location"] == body["links"]["self"]
        assert "Retry-After" in answer.headers
        outcome = await (await client.send("GET", answer.headers["Location"])).json()
        assert (outcome["status"], outcome["order_id"]) == ("applied", body["order_id"])


async def test_an_outcome_that_does_not_come_leaves_a_pending_command() -> None:
    async with running(Loop(silent=True), wait_seconds=0.01) as client:
        answer = await client.send("POST", "/orders", json=ORDER)
        assert answer.status == 202
        command = await client.send("GET", answer.headers["Location"])
        assert (command.status, (await command.json())["status"]) == (200, "pending")
        await client.loop.work(client.loop.taken[0])
        assert (await (await client.send("GET", answer.headers["Location"])).json())["status"] == "applied"


async def test_an_outcome_the_tail_missed_is_found_before_a_202(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(Loop(), wait_seconds=0.01) as client:
        monkeypatch.setattr(client.loop.board, "receive", lambda *_: None)
        assert (await client.send("POST", "/orders", json=ORDER)).status == 201
        client.loop.cache.away = True
        assert (await client.send("POST", "/orders", json=ORDER)).status == 201


async def test_the_preferred_wait_is_applied() -> None:
    async with running(Loop(silent=True), wait_seconds=30) as client:
        answer = await client.send("POST", "/orders", json=ORDER, headers={"Prefer": "wait=0"})
        assert (answer.status, answer.headers["Preference-Applied"]) == (202, "wait=0")


async def test_the_outcome_wakes_a_request_that_waits() -> None:
    async with running(Loop(silent=True)) as client:
        asked = asyncio.create_task(client.send("POST", "/orders", json=ORDER))
        await eventually(lambda: client.loop.taken)
        await client.loop.work(client.loop.taken[0])
        assert (await asked).status == 201


async def test_kafka_away_is_said_at_once() -> None:
    async with running(Loop(failure=NotAcceptedError())) as client:
        answer = await client.send("POST", "/orders", json=ORDER)
        assert (answer.status, (await answer.json())["type"]) == (503, "not-accepted")
        assert "Retry-After" in answer.headers
        client.loop.failure = NotAcceptedError("topic t has 3 partitions, not 4")
        assert "topic t has 3" in (await (await client.send("POST", "/orders", json=ORDER)).json())["detail"]


async def test_an_unknown_delivery_can_be_repeated_with_the_key_returned() -> None:
    loop = Loop(failure=DeliveryUnknownError())
    async with running(loop) as client:
        answer = await client.send("POST", "/orders", json=ORDER)
        problem = await answer.json()
        assert (answer.status, problem["type"]) == (503, "delivery-unknown")
        assert problem["links"]["command"] == f"/orders/{problem['order_id']}/commands/{problem['command_id']}"
        loop.failure = None
        headers = {"Idempotency-Key": problem["idempotency_key"]}
        again = await client.send("POST", "/orders", json=ORDER, headers=headers)
        assert (again.status, (await again.json())["order_id"]) == (201, problem["order_id"])
