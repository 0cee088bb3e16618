"""What a role without an HTTP interface of its own says of itself."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from orderflow.settings import Settings
from orderflow.streaming.app import OrderflowApp
from orderflow.streaming.ops import serve_ops
from orderflow.streaming.safe_transport import SafeConsumer
from tests.scraped import Scraped
from tests.unit.clocks import Clock
from tests.unit.faust_consumers import PARTITION
from tests.unit.test_consumer_lag import Fetching


async def answers() -> None: ...


async def fails() -> None:
    raise ConnectionError("refused")


@dataclass
class Ops:
    """A role in its group, with ten records that wait, and its pages."""

    app: OrderflowApp
    http: TestClient
    fetching: Fetching
    clock: Clock

    async def get(self, path: str) -> tuple[int, Any]:
        answer = await self.http.get(path)
        return answer.status, await answer.json()


@pytest.fixture
async def ops(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ops]:
    monkeypatch.setattr(SafeConsumer, "is_member", True)
    clock, app = Clock(), OrderflowApp(Settings(stall_seconds=60), role="worker")
    app.progress.monotonic, app.joined = clock, True
    app.readiness.probe("MongoDB", answers)
    app.readiness.probe("Redis", fails, needed=False)
    serve_ops(app)
    app.web.init_server()
    fetching = Fetching(app.consumer)
    fetching.fetched(PARTITION, position=10, highwater=10)
    fetching.handled(PARTITION, read=9, committed=None)
    async with TestClient(TestServer(app.web.web_app)) as http:
        yield Ops(app, http, fetching, clock)
    app.consumer._thread.thread_loop.close()  # noqa: SLF001 - of a thread that never ran


async def test_it_is_alive_until_nothing_gets_on(ops: Ops) -> None:
    assert await ops.get("/livez") == (200, {"status": "alive"})
    for _ in range(6):
        ops.clock.pass_(10)
        answer = await ops.get("/livez")
    assert answer == (503, {"status": "stalled", "reason": "10 records wait, and none was acknowledged for 60 s"})
    ops.fetching.handled(PARTITION, read=9, committed=5)
    assert await ops.get("/livez") == (200, {"status": "alive"})


@pytest.mark.parametrize("reason", ["awaited", "silent", "rebalancing", "unknown to its group"])
async def test_who_waits_is_alive(ops: Ops, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    match reason:
        case "awaited":
            ops.app.readiness.waiting_for("MongoDB", "away")
        case "silent":
            ops.app.readiness.probe("MongoDB", fails)
        case "rebalancing":
            ops.app.rebalancing = True
        case _:
            monkeypatch.setattr(SafeConsumer, "is_member", False)
    for _ in range(9):
        ops.clock.pass_(10)
        assert await ops.get("/livez") == (200, {"status": "alive"})


async def test_who_tries_again_what_no_server_is_to_blame_for_is_not_alive_for_ever(ops: Ops) -> None:
    assert (await ops.get("/livez"))[0] == 200
    for _ in range(7):
        ops.app.readiness.waiting_for("the saving", "RuntimeError: the client is closed")
        ops.clock.pass_(10)
        status, said = await ops.get("/livez")
    assert (status, said["status"]) == (503, "stalled")


async def test_before_a_role_has_got_through_to_a_server_its_metrics_say_so(ops: Ops) -> None:
    ops.app.readiness.expect("Kafka")
    ops.app.readiness.waiting_for("Kafka", "refused")
    found = Scraped(await (await ops.http.get("/metrics")).text())
    assert found.value("orderflow_dependency_ready", dependency="kafka") == 0


async def test_a_rebalance_is_no_outage_of_kafka(ops: Ops) -> None:
    ops.app.readiness.probe("Kafka", answers)
    ops.app.rebalancing = True
    assert (await ops.get("/readyz"))[0] == 503
    found = Scraped(await (await ops.http.get("/metrics")).text())
    assert found.value("orderflow_dependency_ready", dependency="kafka") == 1


async def test_metrics_tell_lag_retries_and_which_servers_answer(ops: Ops) -> None:
    ops.app.readiness.waiting_for("MongoDB", "away")
    ops.app.readiness.waiting_for("the folding", "ZeroDivisionError")
    found = Scraped(await (await ops.http.get("/metrics")).text())
    assert found.value("orderflow_consumer_lag_records", topic="order_commands", partition="0") == 10
    retries = {name: found.value("orderflow_retries_total", dependency=name) for name in ("kafka", "mongodb", "none")}
    assert retries == {"kafka": 0, "mongodb": 1, "none": 1}
    assert [found.value("orderflow_dependency_ready", dependency=name) for name in ("mongodb", "redis")] == [0, 0]
