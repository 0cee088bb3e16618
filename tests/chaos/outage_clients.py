"""What clients of the facade see while a server is away, and how much memory its roles need for that."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count

from aiokafka import ConsumerRecord

from orderflow.local.role import Role
from tests.chaos.own_servers import OwnServers, resident_megabytes
from tests.e2e.deployment import Enough, json_of
from tests.eventually import eventually
from tests.http_answers import Answer

log = logging.getLogger(__name__)

MOST_GROWTH = 50.0
CACHED_SECONDS = 35
"""On a busy machine a refresh may take too long and be skipped, and what is cached be as old as a page may be."""
READ_SECONDS = 1.0
REFUSED_SECONDS = 3.0
NUMBERS = count()
ITEMS = [{"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}]


async def create(own: OwnServers, client_id: str, **options: object) -> Answer:
    return await own.ask("POST", "/orders", json={"client_id": client_id, "items": ITEMS}, **options)


async def cached_order(own: OwnServers, client_id: str) -> str:
    created = await create(own, client_id)
    assert created.status == 201, created
    path: str = created.body["links"]["self"]
    await eventually(lambda: hit(own, path), within=CACHED_SECONDS)
    return path


async def applied(own: OwnServers, path: str) -> bool:
    return (await own.ask("GET", path)).body.get("status") == "applied"


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


async def hit(own: OwnServers, path: str) -> bool:
    return (await own.ask("GET", path)).headers.get("X-Cache") == "HIT"


async def hit_at_once(own: OwnServers, path: str) -> bool:
    asked = time.monotonic()
    return await hit(own, path) and time.monotonic() - asked < READ_SECONDS


async def refused(own: OwnServers, *client_ids: str) -> dict[str, str]:
    """For each client, at the same time, its problem's type; the key of a repeat is the client's name."""
    took: list[float] = []

    async def refusal(client_id: str) -> str:
        asked = time.monotonic()
        answer = await create(own, client_id, headers={"Idempotency-Key": client_id})
        took.append(time.monotonic() - asked)
        assert answer.status == 503, answer
        assert "Retry-After" in answer.headers
        problem: str = answer.body["type"]
        assert problem in ("not-accepted", "delivery-unknown")
        return problem

    problems = await asyncio.gather(*map(refusal, client_ids))
    # The quickest shows how long the facade waits; the others may have waited for a busy machine too.
    assert min(took) < REFUSED_SECONDS
    return dict(zip(client_ids, problems, strict=True))


async def orders_of(own: OwnServers, client_id: str) -> int:
    return len((await own.ask("GET", f"/orders?client_id={client_id}")).body["orders"])


async def repeated(own: OwnServers, client_id: str) -> bool:
    return (await create(own, client_id, headers={"Idempotency-Key": client_id})).status == 201


async def makes_an_order(own: OwnServers) -> bool:
    """Whether a client that was never seen before gets its order."""
    return await repeated(own, f"newcomer-{next(NUMBERS)}")


def each_of(order_ids: Collection[str]) -> Enough:
    """Whether there is a record of every order; each record is read once."""
    missing, known = set(order_ids), 0

    def found(records: list[ConsumerRecord]) -> bool:
        nonlocal known
        missing.difference_update(str(json_of(record)["order_id"]) for record in records[known:])
        known = len(records)
        return not missing

    return found


@asynccontextmanager
async def steady_memory(*roles: Role) -> AsyncIterator[None]:
    """None of them grows by 50 MB meanwhile."""
    before = [resident_megabytes(role.pid) for role in roles]
    yield
    for role, then in zip(roles, before, strict=True):
        now = resident_megabytes(role.pid)
        log.info("%s: %.1f MB before, %.1f MB now", role.name, then, now)
        assert now - then < MOST_GROWTH, role.name
