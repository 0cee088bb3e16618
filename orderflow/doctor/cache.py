"""Redis: whether it takes what the cache needs of it."""

from collections.abc import Iterator

from orderflow.adapters.redis_connection import LIMIT_SECONDS
from orderflow.adapters.redis_inspection import RedisFacts
from orderflow.adapters.server_urls import address_of
from orderflow.doctor.finding import Finding, ok, warning, wrong
from orderflow.settings import Settings


def server(facts: RedisFacts, settings: Settings) -> Iterator[Finding]:
    shape = "a cluster" if facts.clustered else "one server"
    yield ok("Redis", f"{facts.title}, {shape}, at {address_of(settings.redis_url)}")
    if facts.seconds > LIMIT_SECONDS:
        yield warning(
            "Redis",
            f"answers in {facts.seconds * 1000:.0f} ms: after {LIMIT_SECONDS * 1000:.0f} ms it is passed over",
            "bring it nearer, or find out what slows it down",
        )
    if facts.memory_limit and facts.policy == "noeviction":
        yield warning(
            "Redis",
            "maxmemory-policy=noeviction: once it is full it takes nothing more",
            "CONFIG SET maxmemory-policy allkeys-lru",
        )


def scripts(refusal: str | None) -> Finding:
    if refusal is None:
        return ok("writing to Redis", "allowed, by a script")
    return wrong("writing to Redis", refusal, "the user of ORDERFLOW_REDIS_URL needs +@all ~* or at least +@scripting")
