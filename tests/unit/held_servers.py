"""Servers that keep a batch waiting: until they are let go, or until they are back."""

import asyncio
from collections.abc import Sequence

from orderflow.adapters.memory_orders import InMemoryOrderStore
from orderflow.adapters.memory_publisher import InMemoryPublisher
from orderflow.ports import Conflict, Saved, Write
from orderflow.wire.records import Message
from tests.unit.command_worker import WrappedStore


class Gate:
    """Whoever comes by waits for `go`; if it `dies`, one of them fails as drivers do when a connection dies."""

    def __init__(self) -> None:
        self.go, self.dies, self.calls = asyncio.Event(), False, 0

    async def passed(self) -> None:
        self.calls += 1
        await self.go.wait()
        if self.dies:
            self.dies = False
            raise asyncio.CancelledError


class HeldPublisher(InMemoryPublisher):
    """Sends nothing before it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = Gate()

    async def publish(self, messages: Sequence[Message]) -> Sequence[Message]:
        await self.gate.passed()
        return await super().publish(messages)


class HeldStore(WrappedStore):
    """Saves nothing before it is let go."""

    def __init__(self, inner: InMemoryOrderStore) -> None:
        super().__init__(inner)
        self.gate = Gate()

    async def save(self, writes: Sequence[Write]) -> Saved | Conflict:
        await self.gate.passed()
        return await super().save(writes)


class AwayStore(WrappedStore):
    """Takes no writes before it is back."""

    back, saves = False, 0

    async def save(self, writes: Sequence[Write]) -> Saved | Conflict:
        self.saves += 1
        await asyncio.sleep(0)
        if not self.back:
            raise TimeoutError("no primary")
        return await super().save(writes)
