"""`/admin/status`: who works and what waits; what cannot be learned is named, and the rest is shown."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from orderflow.access.principal import Principal, Scope
from orderflow.wire.groups import GroupReading, Member, Position
from orderflow.wire.pulse import Pulse
from tests.builders import NOW
from tests.unit.clocks import Clock
from tests.unit.facade_loop import Client, Loop, running
from web.admin.overview import Overview

PULSE: Pulse = {
    "role": "worker",
    "instance": "worker@host-a:7",
    "host": "host-a",
    "version": "0.1.0",
    "at": NOW,
    "partitions": [0],
    "commands_per_second": 12.5,
    "latency_seconds": {"p50": 0.004, "p99": 0.02},
    "lag": 3,
    "outcomes": {"applied": 25},
}
GROUP = GroupReading(
    group="orderflow-worker",
    topic="order_commands",
    state="Stable",
    positions=[
        Position(partition=0, begin=0, end=10, committed=7),
        Position(partition=1, begin=4, end=10, committed=None),
    ],
    members=[Member(id="worker@host-a:7-5f", client_id="worker@host-a:7", host="10.0.0.1", partitions=[0])],
)
LAG = [
    {"group": "orderflow-worker", "topic": "order_commands", "partition": 0, "lag": 3, "member": "worker@host-a:7"},
    {"group": "orderflow-worker", "topic": "order_commands", "partition": 1, "lag": 6, "member": None},
]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    loop = Loop(groups=[GROUP])
    await loop.pulses.write(PULSE)
    async with running(loop) as client:
        yield client


async def status(client: Client) -> Any:  # noqa: ANN401 - JSON
    answer = await client.send("GET", "/admin/status")
    assert answer.status == 200
    return await answer.json()


async def test_it_shows_instances_and_the_lag_of_each_partition(client: Client) -> None:
    shown = await status(client)
    (worker,) = shown["workers"]
    assert (worker["instance"], worker["commands_per_second"]) == ("worker@host-a:7", 12.5)
    assert shown["lag"] == LAG
    assert shown["dependencies"] == {"kafka": "ok", "mongodb": "ok", "redis": "ok"}
    assert shown["missing"] == []


async def test_without_redis_it_shows_the_lag(client: Client) -> None:
    client.loop.pulses.away = True
    shown = await status(client)
    assert (shown["workers"], shown["lag"]) == ([], LAG)
    assert [each["what"] for each in shown["missing"]] == ["workers"]


async def test_without_kafka_it_shows_the_instances(client: Client) -> None:
    client.loop.ready = False
    shown = await status(client)
    assert (len(shown["workers"]), shown["lag"]) == (1, [])
    assert [each["what"] for each in shown["missing"]] == ["lag"]
    assert shown["dependencies"]["kafka"] == "away"


async def test_it_looks_once_a_second_however_many_ask() -> None:
    looks, clock = 0, Clock()

    async def read_groups() -> list[GroupReading]:
        nonlocal looks
        looks += 1
        return []

    loop = Loop()
    async with running(loop, overview=Overview(pulses=loop.pulses, read_groups=read_groups, monotonic=clock)) as client:
        for _ in range(3):
            await status(client)
        assert looks == 1
        clock.now += 1.0
        await status(client)
    assert looks == 2


@pytest.mark.parametrize(
    "principal",
    [
        Principal(name="reader", scopes=frozenset([Scope.READ, Scope.WRITE, Scope.CORRECT])),
        Principal(name="bound", scopes=frozenset(Scope), client_id="client-123"),
    ],
    ids=["no admin", "one client's"],
)
async def test_it_is_for_who_administers_everything(principal: Principal) -> None:
    async with running(Loop(), principal=principal) as client:
        answer = await client.send("GET", "/admin/status")
        assert (answer.status, (await answer.json())["type"]) == (403, "forbidden")
