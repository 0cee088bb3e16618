"""What clients of the facade see while a server is away, and how much memory its roles need for that."""

import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from orderflow.local.role import Role
from tests.chaos.own_servers import OwnServers, resident_megabytes
from tests.http_answers import Answer

log = logging.getLogger(__name__)

MOST_GROWTH = 50.0
ITEMS = [{"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}]


async def create(own: OwnServers, client_id: str, **options: object) -> Answer:
    return await own.ask("POST", "/orders", json={"client_id": client_id, "items": ITEMS}, **options)


async def cached_order(own: OwnServers, client_id: str) -> str:
    created = await create(own, client_id)
    assert created.status == 201, created
    path: str = created.body["links"]["self"]
    assert await hit(own, path)
    return path


async def applied(own: OwnServers, path: str) -> bool:
    return (await own.ask("GET", path)).body.get("status") == "applied"


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


async def hit(own: OwnServers, path: str) -> bool:
    return (await own.ask("GET", path)).headers["X-Cache"] == "HIT"


async def refused(own: OwnServers, client_id: str) -> str:
    """The problem's type; the key of a repeat is the client's name."""
    with at_most(3):
        answer = await create(own, client_id, headers={"Idempotency-Key": client_id})
    assert answer.status == 503, answer
    assert "Retry-After" in answer.headers
    problem: str = answer.body["type"]
    assert problem in ("not-accepted", "delivery-unknown")
    return problem


async def orders_of(own: OwnServers, client_id: str) -> int:
    return len((await own.ask("GET", f"/orders?client_id={client_id}")).body["orders"])


async def repeated(own: OwnServers, client_id: str) -> bool:
    return (await create(own, client_id, headers={"Idempotency-Key": client_id})).status == 201


@asynccontextmanager
async def steady_memory(*roles: Role) -> AsyncIterator[None]:
    """None of them grows by 50 MB meanwhile."""
    before = [resident_megabytes(role.pid) for role in roles]
    yield
    for role, then in zip(roles, before, strict=True):
        now = resident_megabytes(role.pid)
        log.info("%s: %.1f MB before, %.1f MB now", role.name, then, now)
        assert now - then < MOST_GROWTH, role.name
