"""Workers, facades and insights as processes that are killed, paused and started again under the same name."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from orderflow.local.ports import HOST, free_port
from orderflow.local.role import Role
from tests.eventually import eventually

READY_SECONDS = 60.0
PORTS = {"worker": "ORDERFLOW_OPS_PORT", "web": "ORDERFLOW_HTTP_PORT", "insights": "ORDERFLOW_OPS_PORT"}


class Member:
    """One place in the fleet; `generation` counts the processes that held it.

    `crashes` are the last words of those that ended by themselves.
    """

    def __init__(self, kind: str, number: int, environment: Mapping[str, str], home: Path) -> None:
        self.kind = kind
        self.name = f"{kind}-{number}"
        self.generation = 0
        self.busy = asyncio.Lock()
        self.crashes: list[str] = []
        port = free_port()
        self.url = f"http://{HOST}:{port}"
        self._environment = {**os.environ, **environment, PORTS[kind]: str(port)}
        self._home = home
        self._role: Role | None = None

    def start(self) -> None:
        self.generation += 1
        logs = self._home / self.name / str(self.generation)
        self._role = Role(self.kind, self._environment, logs, self.url)
        self._role.__enter__()

    def signal(self, number: signal.Signals) -> None:
        if self._role:
            self._role.signal(number)

    async def kill(self) -> None:
        self.note_crash()
        self.signal(signal.SIGKILL)
        await self._end()

    async def leave(self) -> None:
        """SIGTERM, and its end awaited."""
        self.note_crash()
        await self._end()

    def note_crash(self) -> None:
        if self._role and self._role.ended():
            self.crashes.append(f"{self.name} ended by itself: {self._role.last_words()}")

    async def _end(self) -> None:
        if self._role:
            await asyncio.to_thread(self._role.__exit__)
        self._role = None

    async def ready(self) -> bool:
        return self._role is not None and await asyncio.to_thread(self._role.ready)


class Fleet:
    """Every member, and those that joined for a while."""

    def __init__(
        self, environment: Mapping[str, str], home: Path, *, workers: int, facades: int, insights: int
    ) -> None:
        self._environment, self._home = environment, home
        self.workers = [Member("worker", number, environment, home) for number in range(workers)]
        self.facades = [Member("web", number, environment, home) for number in range(facades)]
        self.insights = [Member("insights", number, environment, home) for number in range(insights)]
        self._guests: list[Member] = []

    @property
    def members(self) -> Sequence[Member]:
        return [*self.lasting, *self._guests]

    @property
    def lasting(self) -> Sequence[Member]:
        return [*self.workers, *self.facades, *self.insights]

    def guest(self) -> Member:
        """One more worker."""
        guest = Member("worker", len(self.workers) + len(self._guests), self._environment, self._home)
        self._guests.append(guest)
        guest.start()
        return guest

    @property
    def crashes(self) -> list[str]:
        """Of processes that ended by themselves and were replaced, or are still missing."""
        return [crash for member in self.members for crash in member.crashes]

    async def all_ready(self) -> None:
        """Raises AssertionError with the last words of a member that is not."""
        for member in self.lasting:
            try:
                await eventually(member.ready, within=READY_SECONDS)
            except AssertionError as error:
                member.note_crash()
                raise AssertionError(f"{member.name} is not ready: {self.crashes}") from error


@asynccontextmanager
async def fleet(
    environment: Mapping[str, str], home: Path, *, workers: int = 3, facades: int = 2, insights: int = 2
) -> AsyncIterator[Fleet]:
    """Started, ready, and ended at the end."""
    deployed = Fleet(environment, home, workers=workers, facades=facades, insights=insights)
    try:
        for member in deployed.members:
            member.start()
        await deployed.all_ready()
        yield deployed
    finally:
        await asyncio.gather(*(member.leave() for member in deployed.members), return_exceptions=True)
