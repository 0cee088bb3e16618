"""MongoDB, Kafka or Redis killed or frozen: the worker holds, the facade says what it can, all of it comes back."""

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator

import pytest

from orderflow.wire.records import Topic
from tests.chaos.outage_clients import (
    CACHED_SECONDS,
    ITEMS,
    applied,
    at_most,
    cached_order,
    create,
    each_of,
    hit,
    hit_at_once,
    makes_an_order,
    orders_of,
    refused,
    repeated,
    steady_memory,
)
from tests.chaos.own_servers import SESSION_SECONDS, OwnServers, away, frozen, own_servers
from tests.e2e.deployment import json_of, orderflow
from tests.eventually import eventually
from tests.http_answers import ask

log = logging.getLogger(__name__)
pytestmark = pytest.mark.apache_kafka

LONG_SECONDS = float(os.environ.get("ORDERFLOW_OUTAGE_SECONDS", "0"))
"""How long each outage lasts at least; by default as long as its checks take."""
OUTAGE_SECONDS = LONG_SECONDS or 3 * SESSION_SECONDS
"""How long commands keep coming: longer than the worker's session with its group."""
RATE = 500
RETURN_SECONDS = 10


@pytest.fixture(scope="module")
async def own(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OwnServers]:
    async with own_servers(tmp_path_factory.mktemp("own")) as own:
        yield own


async def what_the_facade_does_without_the_database(own: OwnServers, cached: str) -> str:
    """Returns where the command that was taken meanwhile can be looked up."""
    await eventually(lambda: hit_at_once(own, cached))
    with at_most(7):
        uncached, taken = await asyncio.gather(own.ask("GET", "/orders/unknown"), create(own, "meanwhile"))
    assert (uncached.status, uncached.body["type"]) == (503, "unavailable")
    assert "Retry-After" in uncached.headers
    assert (taken.status, taken.body["status"]) == (202, "pending")
    readiness = await own.ask("GET", "/readyz")
    assert (readiness.status, readiness.body["checks"]["mongodb"]) == (503, "away")
    return taken.headers["Location"]


async def test_without_mongodb_the_worker_holds_while_commands_gather_and_loses_none(own: OwnServers) -> None:
    cached = await cached_order(own, "before")
    async with away(own.mongo), steady_memory(own.worker, own.web):
        feeding = asyncio.create_task(own.feed("fed", rate=RATE, seconds=OUTAGE_SECONDS))
        await eventually(lambda: own.worker_misses("MongoDB"), within=5)
        command = await what_the_facade_does_without_the_database(own, cached)
        fed = await feeding

    await back(own, "MongoDB killed")
    await eventually(lambda: applied(own, command), within=RETURN_SECONDS + OUTAGE_SECONDS)
    await each_applied_and_announced(own, fed)
    assert len(await own.members()) == 1


async def test_a_mongodb_that_says_nothing_is_waited_for_too(own: OwnServers) -> None:
    cached = await cached_order(own, "before")
    async with steady_memory(own.worker, own.web), frozen(own.mongo, LONG_SECONDS):
        feeding = asyncio.create_task(own.feed("silent", rate=RATE // 5, seconds=OUTAGE_SECONDS))
        command = await what_the_facade_does_without_the_database(own, cached)
        assert await own.worker_misses("MongoDB")
        fed = await feeding
    await back(own, "MongoDB frozen")
    await eventually(lambda: applied(own, command), within=RETURN_SECONDS + OUTAGE_SECONDS)
    await each_applied_and_announced(own, fed)


async def back(own: OwnServers, what: str) -> None:
    """All of it continues by itself, soon."""
    returned = time.monotonic()
    await eventually(own.ready, within=RETURN_SECONDS)
    log.info("%s: ready %.1f s after its return", what, time.monotonic() - returned)


async def each_applied_and_announced(own: OwnServers, order_ids: list[str]) -> None:
    outcomes = await own.deployment.read(Topic.OUTCOMES, each_of(order_ids), within=RETURN_SECONDS + OUTAGE_SECONDS)
    assert {json_of(record)["status"] for record in outcomes} == {"applied"}
    events = await own.deployment.read(Topic.EVENTS, each_of(order_ids), within=RETURN_SECONDS)
    assert {json_of(event)["version"] for event in events} == {1}


async def everything_answers(own: OwnServers, cached: str, client_id: str) -> None:
    with at_most(7):
        read = await own.ask("GET", cached)
        created = await create(own, client_id)
        listed = await own.ask("GET", f"/orders?client_id={client_id}")
    assert (read.status, created.status, listed.status) == (200, 201, 200)
    assert {read.headers["X-Cache"], listed.headers["X-Cache"]} <= {"BYPASS", "MISS"}
    assert [order["order_id"] for order in listed.body["orders"]] == [created.body["order_id"]]
    assert await own.ready()
    assert await own.worker_misses("Redis")


async def test_without_redis_everything_answers(own: OwnServers) -> None:
    cached = await cached_order(own, "before")
    async with away(own.redis):
        await everything_answers(own, cached, "without-redis")
    await eventually(lambda: hit(own, cached), within=RETURN_SECONDS)

    async with frozen(own.redis):
        await everything_answers(own, cached, "with-a-silent-redis")
    await eventually(lambda: hit(own, cached), within=RETURN_SECONDS)
    await eventually(lambda: new_orders_are_cached(own), within=RETURN_SECONDS)


async def new_orders_are_cached(own: OwnServers) -> bool:
    """Only then has the worker noticed too."""
    return await hit(own, (await create(own, "after")).body["links"]["self"])


async def test_without_kafka_commands_are_refused_soon_and_a_repeat_makes_exactly_one_order(own: OwnServers) -> None:
    cached = await cached_order(own, "before")
    async with steady_memory(own.worker, own.web), away(own.kafka, LONG_SECONDS):
        misfit = own.deployment.start_web(ORDERFLOW_PARTITIONS="5")
        problems = await refused(own, "kafka-1", "kafka-2", "kafka-3")
        await eventually(lambda: hit(own, cached), within=CACHED_SECONDS)
        assert await own.worker_misses("Kafka")
        await eventually(lambda: facade_misses_kafka(own.web.url, "away"))
        await eventually(lambda: facade_misses_kafka(misfit.url, "away"), within=20)

    await back(own, "Kafka killed")
    await eventually(lambda: makes_an_order(own), within=RETURN_SECONDS)
    for client_id, problem in problems.items():
        assert await orders_of(own, client_id) == 0 or problem == "delivery-unknown"
    for client_id in problems:
        assert await repeated(own, client_id)
        assert await orders_of(own, client_id) == 1
    await eventually(lambda: facade_misses_kafka(misfit.url, "has 4 partitions, not 5"))
    answer = await ask("POST", f"{misfit.url}/orders", json={"client_id": "misplaced", "items": ITEMS})
    assert (answer.status, answer.body["type"]) == (503, "not-accepted")


async def test_a_kafka_that_says_nothing_leaves_a_delivery_unknown_and_a_repeat_safe(own: OwnServers) -> None:
    async with steady_memory(own.worker, own.web), frozen(own.kafka, LONG_SECONDS):
        unsure = await refused(own, "silent-1", "silent-2", "silent-3")
        assert set(unsure.values()) == {"delivery-unknown"}
        assert await refused(own, "silent-1") == {"silent-1": "not-accepted"}
        assert await refused(own, "silent-4") == {"silent-4": "not-accepted"}
        assert await own.worker_misses("Kafka")
    await back(own, "Kafka frozen")
    await eventually(lambda: makes_an_order(own), within=RETURN_SECONDS)
    assert await orders_of(own, "silent-4") == 0
    for client_id in (*unsure, "silent-4"):
        assert await repeated(own, client_id)
        assert await orders_of(own, client_id) == 1


async def test_after_all_of_it_the_deployment_is_sound(own: OwnServers) -> None:
    verified = await orderflow(own.deployment, "verify")

    assert (verified.returncode, verified.stdout.decode().splitlines()[-1]) == (0, "0 violations"), verified


async def facade_misses_kafka(url: str, reason: str) -> bool:
    checks = (await ask("GET", f"{url}/readyz")).body.get("checks", {})
    return reason in checks.get("kafka", "")
