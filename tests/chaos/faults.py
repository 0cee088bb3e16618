"""What goes wrong, one function per kind: each breaks something, waits, and mends it."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random

from redis.asyncio import Redis

from tests.chaos.fleet import Member
from tests.chaos.proxy import Proxy
from tests.chaos.site import Site

LATENCY_SECONDS = 0.15


Happening = Callable[[Site, Random], Awaitable[None]]
"""What is done to a site; `random` decides to whom and for how long."""


async def a_while(random: Random, least: float, most: float) -> None:
    await asyncio.sleep(random.uniform(least, most))


@asynccontextmanager
async def one_of(random: Random, members: Sequence[Member]) -> AsyncIterator[Member]:
    """A member that nothing else is done to meanwhile."""
    member = random.choice(members)
    async with member.busy:
        yield member


@asynccontextmanager
async def proxy_of(site: Site, server: str) -> AsyncIterator[Proxy]:
    """It passes everything on again afterwards."""
    proxy = site.servers[server].proxy
    try:
        yield proxy
    finally:
        proxy.heal()


async def one_killed(members: Sequence[Member], random: Random, longest: float) -> None:
    async with one_of(random, members) as member:
        await member.kill()
        await a_while(random, 0, longest)
        member.start()


async def worker_killed(site: Site, random: Random) -> None:
    await one_killed(site.fleet.workers, random, 3)


async def worker_stopped(site: Site, random: Random) -> None:
    async with one_of(random, site.fleet.workers) as worker:
        await worker.leave()
        await a_while(random, 0, 3)
        worker.start()


async def worker_paused(site: Site, random: Random) -> None:
    """Longer than its session: it wakes as a zombie, with a batch that somebody else has handled."""
    await one_paused(site.fleet.workers, site, random)


async def worker_joined(site: Site, random: Random) -> None:
    guest = site.fleet.guest()
    await a_while(random, 5, 9)
    await guest.leave()


async def facade_killed(site: Site, random: Random) -> None:
    await one_killed(site.fleet.facades, random, 2)


async def insights_killed(site: Site, random: Random) -> None:
    await one_killed(site.fleet.insights, random, 3)


async def insights_paused(site: Site, random: Random) -> None:
    """It wakes with events that somebody else has counted, and a share that somebody else publishes."""
    await one_paused(site.fleet.insights, site, random)


async def one_paused(members: Sequence[Member], site: Site, random: Random) -> None:
    async with one_of(random, members) as member:
        member.signal(signal.SIGSTOP)
        try:
            await a_while(random, site.session_seconds + 1, site.session_seconds + 4)
        finally:
            member.signal(signal.SIGCONT)


async def kafka_restarted(site: Site, random: Random) -> None:
    await site.servers["kafka"].stop()
    await a_while(random, 0, 2)
    await site.servers["kafka"].start()


async def kafka_killed(site: Site, _random: Random) -> None:
    await site.servers["kafka"].kill()
    await site.servers["kafka"].start()


async def mongo_killed(site: Site, random: Random) -> None:
    await site.servers["mongo"].kill()
    await a_while(random, 0, 4)
    await site.servers["mongo"].start()


async def redis_killed(site: Site, random: Random) -> None:
    await site.servers["redis"].kill()
    await a_while(random, 0, 4)
    await site.servers["redis"].start()


async def redis_flushed(site: Site, _random: Random) -> None:
    async with Redis(port=site.servers["redis"].server.port) as redis:
        await redis.flushall()


def latency(server: str) -> Happening:
    async def slowed(site: Site, random: Random) -> None:
        async with proxy_of(site, server) as proxy:
            proxy.latency = LATENCY_SECONDS
            await a_while(random, 3, 6)

    return slowed


def cut(server: str) -> Happening:
    async def unreachable(site: Site, random: Random) -> None:
        async with proxy_of(site, server) as proxy:
            proxy.cut()
            await a_while(random, 1, 4)

    return unreachable


def black_hole(server: str) -> Happening:
    async def swallowed(site: Site, random: Random) -> None:
        async with proxy_of(site, server) as proxy:
            proxy.swallow()
            await a_while(random, 3, 8)

    return swallowed


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind, and what it is done to; two faults of one server never overlap."""

    kind: str
    target: str
    happen: Happening


SERVERS = ("kafka", "mongo", "redis")
FAULTS = (
    Fault("kill -9", "worker", worker_killed),
    Fault("SIGTERM", "worker", worker_stopped),
    Fault("SIGSTOP past the session", "worker", worker_paused),
    Fault("join and leave", "worker", worker_joined),
    Fault("kill -9", "web", facade_killed),
    Fault("kill -9", "insights", insights_killed),
    Fault("SIGSTOP past the session", "insights", insights_paused),
    Fault("restart", "kafka", kafka_restarted),
    Fault("kill -9", "kafka", kafka_killed),
    Fault("kill -9", "mongo", mongo_killed),
    Fault("kill -9", "redis", redis_killed),
    Fault("FLUSHALL", "redis", redis_flushed),
    *(Fault("latency", server, latency(server)) for server in SERVERS),
    *(Fault("connections cut", server, cut(server)) for server in SERVERS),
    *(Fault("black hole", server, black_hole(server)) for server in SERVERS),
)
