"""What goes wrong, one function per kind: each breaks something, waits, and mends it."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis

from tests.chaos.fleet import Member
from tests.chaos.site import Site

LATENCY_SECONDS = 0.15


async def a_while(site: Site, least: float, most: float) -> None:
    await asyncio.sleep(site.random.uniform(least, most))


@asynccontextmanager
async def one_of(site: Site, members: Sequence[Member]) -> AsyncIterator[Member]:
    """A member that nothing else is done to meanwhile."""
    member = site.random.choice(members)
    async with member.busy:
        yield member


async def worker_killed(site: Site) -> None:
    async with one_of(site, site.fleet.workers) as worker:
        await worker.kill()
        await a_while(site, 0, 3)
        worker.start()


async def worker_stopped(site: Site) -> None:
    async with one_of(site, site.fleet.workers) as worker:
        await worker.leave()
        await a_while(site, 0, 3)
        worker.start()


async def worker_paused(site: Site) -> None:
    """Longer than its session: it wakes as a zombie, with a batch that somebody else has handled."""
    async with one_of(site, site.fleet.workers) as worker:
        worker.signal(signal.SIGSTOP)
        await a_while(site, site.session_seconds + 1, site.session_seconds + 4)
        worker.signal(signal.SIGCONT)


async def worker_joined(site: Site) -> None:
    guest = site.fleet.guest()
    await a_while(site, 5, 9)
    await guest.leave()


async def facade_killed(site: Site) -> None:
    async with one_of(site, site.fleet.facades) as facade:
        await facade.kill()
        await a_while(site, 0, 2)
        facade.start()


async def kafka_restarted(site: Site) -> None:
    await site.servers["kafka"].stop()
    await a_while(site, 0, 2)
    await site.servers["kafka"].start()


async def kafka_killed(site: Site) -> None:
    await site.servers["kafka"].kill()
    await site.servers["kafka"].start()


async def mongo_killed(site: Site) -> None:
    await site.servers["mongo"].kill()
    await a_while(site, 0, 4)
    await site.servers["mongo"].start()


async def redis_killed(site: Site) -> None:
    await site.servers["redis"].kill()
    await a_while(site, 0, 4)
    await site.servers["redis"].start()


async def redis_flushed(site: Site) -> None:
    async with Redis(port=site.servers["redis"].server.port) as redis:
        await redis.flushall()


def latency(server: str) -> Callable[[Site], Awaitable[None]]:
    async def slowed(site: Site) -> None:
        site.servers[server].proxy.latency = LATENCY_SECONDS
        await a_while(site, 3, 6)
        site.servers[server].proxy.heal()

    return slowed


def cut(server: str) -> Callable[[Site], Awaitable[None]]:
    async def unreachable(site: Site) -> None:
        site.servers[server].proxy.cut()
        await a_while(site, 1, 4)
        site.servers[server].proxy.heal()

    return unreachable


def black_hole(server: str) -> Callable[[Site], Awaitable[None]]:
    async def swallowed(site: Site) -> None:
        site.servers[server].proxy.swallow()
        await a_while(site, 3, 8)
        site.servers[server].proxy.heal()

    return swallowed


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind, and what it is done to; two faults of one server never overlap."""

    kind: str
    target: str
    happen: Callable[[Site], Awaitable[None]]


SERVERS = ("kafka", "mongo", "redis")
FAULTS = (
    Fault("kill -9", "worker", worker_killed),
    Fault("SIGTERM", "worker", worker_stopped),
    Fault("SIGSTOP past the session", "worker", worker_paused),
    Fault("join and leave", "worker", worker_joined),
    Fault("kill -9", "web", facade_killed),
    Fault("restart", "kafka", kafka_restarted),
    Fault("kill -9", "kafka", kafka_killed),
    Fault("kill -9", "mongo", mongo_killed),
    Fault("kill -9", "redis", redis_killed),
    Fault("FLUSHALL", "redis", redis_flushed),
    *(Fault("latency", server, latency(server)) for server in SERVERS),
    *(Fault("connections cut", server, cut(server)) for server in SERVERS),
    *(Fault("black hole", server, black_hole(server)) for server in SERVERS),
)
