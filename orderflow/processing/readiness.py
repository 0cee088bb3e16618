"""Which servers a role is waiting for right now."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

PROBE_SECONDS = 1.0
_NOT_ASKED = "no answer yet"

Probe = Callable[[], Awaitable[object]]
"""Raises when its server does not answer."""


class Readiness:
    """Not ready while anything is awaited; says so once when it begins and once when it is over.

    `retries` counts, for each server, how often it was tried again.
    """

    def __init__(self) -> None:
        self.retries: Counter[str] = Counter()
        self._awaited: dict[str, str] = {}
        self._servers: dict[str, None] = {}
        self._needed: dict[str, Probe] = {}
        self._useful: dict[str, Probe] = {}

    @property
    def awaited(self) -> dict[str, str]:
        """Server, or what else is tried again -> reason; empty when ready."""
        return dict(self._awaited)

    @property
    def awaited_servers(self) -> dict[str, str]:
        """Server -> reason."""
        return {name: reason for name, reason in self._awaited.items() if name in self._servers}

    @property
    def servers(self) -> list[str]:
        """Those that it was told of."""
        return list(self._servers)

    def expect(self, *servers: str) -> None:
        """They have not been asked yet; nothing is said before one does not answer."""
        self._servers |= dict.fromkeys(servers)
        self._awaited |= dict.fromkeys(servers, _NOT_ASKED)

    def waiting_for(self, server: str, reason: str) -> None:
        if self._awaited.get(server, _NOT_ASKED) == _NOT_ASKED:
            log.warning("waiting for %s: %s", server, reason)
        self._awaited[server] = reason
        self.retries[server] += 1

    def reached(self, server: str) -> None:
        if self._awaited.pop(server, _NOT_ASKED) != _NOT_ASKED:
            log.info("%s answers again", server)

    def probe(self, server: str, probe: Probe, *, needed: bool = True) -> None:
        """How to find out about a server that nobody is talking to just now."""
        self._servers[server] = None
        (self._needed if needed else self._useful)[server] = probe

    async def missing(self) -> dict[str, str]:
        """What is awaited, and which servers that are needed do not answer: server -> reason."""
        return await self.away() | self._awaited

    async def away(self) -> dict[str, str]:
        """Servers that are needed, and awaited or silent."""
        return await _silent(self._needed) | self.awaited_servers

    async def missed(self) -> dict[str, str]:
        """Servers that do not answer and without which it works all the same."""
        return await _silent(self._useful)


async def _silent(probes: dict[str, Probe]) -> dict[str, str]:
    reasons = await asyncio.gather(*map(_reason, probes.values()))
    return {server: reason for server, reason in zip(probes, reasons, strict=True) if reason}


async def _reason(probe: Probe) -> str | None:
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await probe()
    except Exception as error:  # noqa: BLE001 - whatever it is, the server did not answer
        return f"{type(error).__name__}: {error}".removesuffix(": ")
    return None
