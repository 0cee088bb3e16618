"""What the facade counts of its requests and its cache, and who may see it."""

from contextlib import suppress
from types import SimpleNamespace

from aiohttp import ClientError
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request, StreamResponse

from orderflow.access.principal import Scope
from orderflow.metrics.facade import FacadeMetrics
from orderflow.metrics.role import RoleMetrics
from tests.scraped import Scraped
from tests.unit.facade_loop import Client, Loop, running
from tests.unit.guarded_facade import Guarded, bearer, type_of
from web.facade import FACADE
from web.metrics import count_answers


async def scraped(client: Client, **options: object) -> Scraped:
    answer = await client.send("GET", "/metrics", **options)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    return Scraped(await answer.text())


async def value(client: Client, name: str, **labels: str) -> float | None:
    return (await scraped(client)).value(name, **labels)


async def test_requests_count_by_their_route_however_long_their_path_is(client: Client) -> None:
    order_id = await client.create()
    for _ in range(2):
        await client.send("GET", f"/orders/{order_id}")
    await client.send("GET", "/orders/nobody")
    requests, route = "orderflow_http_requests_total", "/orders/{order_id}"
    assert await value(client, requests, method="POST", route="/orders", status="201") == 1
    assert await value(client, requests, method="GET", route=route, status="200") == 2
    assert await value(client, requests, method="GET", route=route, status="404") == 1
    assert await value(client, "orderflow_http_request_duration_seconds_count", method="GET", route=route) == 3


async def test_labels_hold_nothing_that_a_client_made_up(client: Client) -> None:
    await client.send("GET", "/made/up")
    await client.send("DELETE", "/livez")
    await client.send("PROPFIND", "/orders")
    requests = "orderflow_http_requests_total"
    assert await value(client, requests, method="GET", route="unmatched", status="404") == 1
    assert await value(client, requests, method="DELETE", route="unmatched", status="405") == 1
    assert await value(client, requests, method="other", route="unmatched", status="405") == 1


async def test_reads_count_by_what_the_cache_did(client: Client) -> None:
    order_id = await client.create()
    await client.send("GET", f"/orders/{order_id}")
    for _ in range(2):
        await client.send("GET", "/orders?client_id=client-123")
    await client.send("GET", "/orders")
    reads = "orderflow_cache_requests_total"
    assert await value(client, reads, kind="order", result="hit") == 2  # The answer to the creation shows the order.
    assert [await value(client, reads, kind="list", result=result) for result in ("hit", "miss", "bypass")] == [1, 1, 1]


async def test_it_tells_which_servers_answer(client: Client) -> None:
    ready = "orderflow_dependency_ready"
    assert [await value(client, ready, dependency=name) for name in ("kafka", "mongodb", "redis")] == [1, 1, 1]
    client.loop.ready = False
    assert await value(client, ready, dependency="kafka") == 0


async def test_only_an_administrator_sees_them() -> None:
    guarded = Guarded()
    async with running(Loop(), gate=guarded.gate) as client:
        assert await type_of(await client.send("GET", "/metrics")) == (401, "unauthenticated")
        reader = bearer(await guarded.key(Scope.READ))
        assert await type_of(await client.send("GET", "/metrics", headers=reader)) == (403, "forbidden")
        assert await scraped(client, headers=bearer(await guarded.key(Scope.ADMIN)))


async def test_a_live_stream_counts_without_its_duration_and_so_does_a_client_that_was_gone() -> None:
    async def stream(request: Request) -> StreamResponse:
        answer = StreamResponse()
        await answer.prepare(request)
        return answer

    async def gone(_: Request) -> StreamResponse:
        raise ConnectionResetError

    application, metrics = Application(middlewares=[count_answers]), FacadeMetrics(RoleMetrics("web"))
    application[FACADE] = SimpleNamespace(metrics=metrics)  # type: ignore[assignment]
    application.router.add_get("/stream", stream)
    application.router.add_get("/gone", gone)
    async with TestClient(TestServer(application)) as http:
        await http.get("/stream")
        with suppress(ClientError):
            await http.get("/gone")
    found = Scraped(metrics.role.shown({}).decode())
    assert found.value("orderflow_http_requests_total", method="GET", route="/stream", status="200") == 1
    assert found.value("orderflow_http_requests_total", method="GET", route="/gone", status="499") == 1
    assert found.total("orderflow_http_request_duration_seconds_count") == 0
