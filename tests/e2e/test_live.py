"""Live events from end to end: through worker, Kafka and facades, over a stop, and beside a client that never reads."""

import asyncio
import signal
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
from aiohttp import ClientSession
from yarl import URL

from orderflow.local.role import Role
from orderflow.wire.records import Topic
from tests.e2e.deployment import Deployment, json_of
from tests.event_source import EventSource, event_source
from tests.eventually import eventually

ORDER = {"client_id": "client-123", "items": [{"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}]}
FLOOD, HEAP = 20_000, 2_000
"""Events of two kilobytes: six times what a facade keeps, and few enough for it at once."""
MAY_GROW = 40 * 2**20


async def create(web: Role) -> str:
    async with ClientSession(web.url) as client, client.post("/orders", json=ORDER) as answer:
        assert answer.status == 201
        order_id: str = (await answer.json())["order_id"]
        return order_id


async def move(web: Role, order_id: str, state: str) -> None:
    asked = {"new_state": state}
    async with ClientSession(web.url) as client, client.put(f"/orders/{order_id}/state", json=asked) as answer:
        assert answer.status == 200


async def versions(source: EventSource, count: int) -> list[int]:
    return [seen.data["version"] for seen in await source.take(count)]


async def test_an_order_is_followed_over_two_facades_and_the_end_of_one(deployment: Deployment) -> None:
    await deployment.worker()
    first, second = await asyncio.gather(deployment.web(), deployment.web())
    async with ClientSession() as client:
        async with event_source(client, f"{first.url}/events?client_id=client-123") as everything:
            order_id = await create(first)
            async with event_source(client, f"{first.url}/orders/{order_id}/events") as order:
                await move(second, order_id, "confirmed")
                assert await versions(order, 2) == await versions(everything, 2) == [1, 2]
                began = time.monotonic()
                first.signal(signal.SIGTERM)
                assert [seen async for seen in order] == [seen async for seen in everything] == []
                await eventually(first.ended)
                assert time.monotonic() - began < 5
        await move(second, order_id, "assigned")
        async with (
            event_source(client, f"{second.url}/events?client_id=client-123", everything.last_id) as everything_on,
            event_source(client, f"{second.url}/orders/{order_id}/events", order.last_id) as order_on,
        ):
            await move(second, order_id, "picked_up")
            shown = await order_on.take(2)
            assert await versions(everything_on, 2) == [seen.data["version"] for seen in shown] == [3, 4]
    events = await deployment.read(Topic.EVENTS, lambda records: len(records) == 4)
    assert [json_of(event) for event in events[2:]] == [seen.data for seen in shown]


@contextmanager
def never_reading(url: URL) -> Iterator[socket.socket]:
    with socket.create_connection((url.host, url.port)) as connection:
        connection.sendall(f"GET {url.path_qs} HTTP/1.1\r\nHost: {url.authority}\r\n\r\n".encode())
        yield connection


def heap(numbers: Iterable[int]) -> list[tuple[str, bytes]]:
    told = {"type": "order.created", "client_id": "c", "version": 1, "state": "created", "note": "x" * 2_000}
    return [(f"ord_{number % 97}", orjson.dumps(told | {"number": number})) for number in numbers]


def resident(role: Role) -> int:
    return int(Path(f"/proc/{role.pid}/statm").read_text().split()[1]) * 4_096


async def test_a_client_that_never_reads_is_dropped_and_costs_no_memory(deployment: Deployment) -> None:
    web = await deployment.web()
    url = URL(f"{web.url}/events?client_id=c")
    async with ClientSession() as client, event_source(client, str(url)) as source:
        with never_reading(url):
            before = resident(web)
            for first in range(0, FLOOD, HEAP):
                numbers = range(first, first + HEAP)
                await deployment.produce(*heap(numbers), topic=Topic.EVENTS)
                assert sorted(seen.data["number"] for seen in await source.take(HEAP)) == list(numbers)
            await eventually(lambda: "reads too slowly" in web.log.read_text(), within=30)
            assert resident(web) - before < MAY_GROW
            assert web.ready()
