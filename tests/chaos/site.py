"""Everything that a run breaks: three servers behind proxies, and the roles that work with them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from orderflow.local.notices import Say
from tests.chaos.fleet import Fleet, fleet
from tests.chaos.guarded import Guarded, guarded_servers

PARTITIONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`environment` is that of every role."""

    servers: Mapping[str, Guarded]
    fleet: Fleet
    environment: Mapping[str, str]
    session_seconds: float

    @property
    def brokers(self) -> str:
        return self.environment["ORDERFLOW_KAFKA_BROKERS"]


@asynccontextmanager
async def site(home: Path, say: Say, *, session_seconds: int = 3) -> AsyncIterator[Site]:
    """Three workers, two facades and two insights, ready."""
    async with guarded_servers(home, say) as servers:
        environment = {
            "ORDERFLOW_PARTITIONS": str(PARTITIONS),
            "ORDERFLOW_SESSION_SECONDS": str(session_seconds),
            "ORDERFLOW_DATA_DIR": str(home),
        }
        for server in servers.values():
            environment |= server.environment
        async with fleet(environment, home) as deployed:
            yield Site(
                servers=servers,
                fleet=deployed,
                environment=environment,
                session_seconds=session_seconds,
            )
