"""The three servers, each behind a proxy that everybody reaches it through."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from orderflow.local.kafka import Kafka
from orderflow.local.mongo import SecantusDB
from orderflow.local.notices import Say
from orderflow.local.ports import HOST
from orderflow.local.server import Program, Server
from orderflow.local.stack import broker
from orderflow.local.valkey import Valkey
from tests.chaos.proxy import Proxy


class NeedsApacheKafkaError(Exception):
    """Tansu forgets everything when it ends."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """A server, and the proxy in front of it."""

    server: Server
    proxy: Proxy

    @property
    def name(self) -> str:
        return self.server.program.name

    @property
    def environment(self) -> dict[str, str]:
        return self.server.program.environment(self.proxy.port)

    async def start(self) -> None:
        # Launched from this thread: a server dies with the thread that started it.
        self.server.launch()
        await asyncio.to_thread(self.server.wait_until_ready)

    async def stop(self) -> None:
        await asyncio.to_thread(self.server.stop)

    async def kill(self) -> None:
        await asyncio.to_thread(self.server.kill)


@asynccontextmanager
async def guarded_servers(home: Path, say: Say) -> AsyncIterator[dict[str, Guarded]]:
    """By name: kafka, mongo, redis."""
    async with (
        _guarded(home, _kafka(say)) as kafka,
        _guarded(home, SecantusDB) as mongo,
        _guarded(home, Valkey) as redis,
    ):
        yield {server.name: server for server in (kafka, mongo, redis)}


def _kafka(say: Say) -> Callable[[], Kafka]:
    program = broker(say)
    if not isinstance(program, Kafka):
        raise NeedsApacheKafkaError("chaos needs a real Kafka: install Java 17 and Maven")
    return lambda: program


@asynccontextmanager
async def _guarded(home: Path, make: Callable[[], Program]) -> AsyncIterator[Guarded]:
    server = Server(make(), home)
    async with Proxy(server.port) as proxy:
        if isinstance(server.program, Kafka):
            server.program = replace(server.program, advertised=f"{HOST}:{proxy.port}")
        guarded = Guarded(server, proxy)
        try:
            await guarded.start()
            yield guarded
        finally:
            await guarded.stop()
