"""What authentication costs a cached read: processor time of a facade that asks nobody, and of one that asks."""

import secrets
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import jwt

from benchmarks.bench import Bench, Step
from benchmarks.child import Child, child
from benchmarks.deployment import loaded, ready
from benchmarks.ground import Ground
from benchmarks.http_job import Job, Kind
from benchmarks.patience import FailedError
from benchmarks.seeding import seeds, store
from orderflow.access.api_keys import new_key
from orderflow.access.principal import Scope
from orderflow.adapters.mongo_api_keys import MongoApiKeys
from orderflow.bootstrap import mongo, now

PAIRS = 20
"""In a run of three rounds; each pair is measured in one breath, every other one backwards."""
SECONDS = 1.0
OPEN, KEY, TOKEN = "auth/off", "auth/API key", "auth/token"
_CONNECTIONS = 8
_ORDERS = 200
_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, where, and what he says to be let in."""

    facade: Child
    credentials: str = ""


@asynccontextmanager
async def auth_steps(bench: Bench) -> AsyncIterator[list[Step]]:
    """Two facades on one ground, without a worker: nothing is changed."""
    secret, pairs = secrets.token_urlsafe(), max(2, PAIRS * bench.rounds // 3)
    seconds = max(0.2, SECONDS * min(bench.scale, 1.0))
    async with bench.ground() as place:
        await store(place.settings, seeds("read-", 0, _ORDERS))
        asking = {**place.environment, "ORDERFLOW_AUTH": "on", "ORDERFLOW_JWT_SECRET": secret}
        facades = [child("web", environment, bench.home) for environment in (place.environment, asking)]
        with ExitStack() as running:
            for facade in facades:
                running.enter_context(facade)
                await ready(facade)
            readers = {
                OPEN: Reader(facades[0]),
                KEY: Reader(facades[1], await _key(place)),
                TOKEN: Reader(facades[1], jwt.encode(_claims(), secret, "HS256")),
            }
            yield [
                Step("warming the facades", 3 * seconds, partial(_warmed, list(readers.values()), seconds)),
                *(
                    Step(
                        "a cached read with and without",
                        3 * (seconds + 0.3),
                        partial(_pair, bench, readers, seconds, number),
                    )
                    for number in range(pairs)
                ),
            ]


async def _key(place: Ground) -> str:
    """One that the facade has to look up, every ten seconds."""
    scopes = frozenset([Scope.READ])
    key, kept = new_key(name="bench", scopes=scopes, client_id=None, now=now(), random=secrets.token_bytes)
    async with mongo(place.settings) as connection:
        await MongoApiKeys(connection).add(kept)
    return key


def _claims() -> dict[str, object]:
    return {"sub": "bench", "exp": int(time.time()) + _HOUR, "scope": Scope.READ.value}


async def _warmed(readers: list[Reader], seconds: float) -> None:
    for reader in readers:
        await loaded(_job(reader, seconds))


async def _pair(bench: Bench, readers: dict[str, Reader], seconds: float, number: int) -> None:
    for series in readers if number % 2 else reversed(readers):
        reader = readers[series]
        before = reader.facade.cpu_seconds()
        load = await loaded(_job(reader, seconds))
        spent = reader.facade.cpu_seconds() - before
        if load.failed or not load.answers:
            raise FailedError(f"{series}: {load.failed} of {load.total} reads failed; see {reader.facade.log}")
        bench.results.add(series, rate=load.rate, cpu_us=spent / load.total * 1e6, hits=load.hits / load.answers)


def _job(reader: Reader, seconds: float) -> Job:
    return Job(
        url=reader.facade.url,
        kind=Kind.READ,
        connections=_CONNECTIONS,
        seconds=seconds,
        ids=[seed.order_id for seed in seeds("read-", 0, _ORDERS)],
        repeat=True,
        credentials=reader.credentials,
    )
