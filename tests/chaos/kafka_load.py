"""A program that produces commands onto Kafka at a steady rate, and sends again what was not acknowledged."""

import asyncio
from collections import deque

from orderflow.adapters.kafka_publisher import KafkaPublisher
from tests.chaos.mix import Mix, Sent
from tests.chaos.promises import Promises

TICK_SECONDS = 0.05
LARGEST_SEND = 1_000
SETTLE_SECONDS = 90.0


class KafkaLoad:
    """Open loop: what an outage holds up is sent afterwards."""

    def __init__(self, publisher: KafkaPublisher, mix: Mix, promises: Promises, *, per_second: float) -> None:
        self._publisher, self._mix, self._promises = publisher, mix, promises
        self._per_tick = per_second * TICK_SECONDS
        self._waiting: deque[Sent] = deque()

    async def run(self, stopping: asyncio.Event) -> None:
        """Until `stopping`, and then until everything made is acknowledged; TimeoutError when that takes too long."""
        async with asyncio.TaskGroup() as making:
            made = making.create_task(self._make(stopping))
            while not made.done():
                await asyncio.sleep(TICK_SECONDS)
                await self._send()
        async with asyncio.timeout(SETTLE_SECONDS):
            while self._waiting:
                await self._send()

    async def _make(self, stopping: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        begun, made = loop.time(), 0
        while not stopping.is_set():
            await asyncio.sleep(TICK_SECONDS)
            due = int((loop.time() - begun) / TICK_SECONDS * self._per_tick)
            for _ in range(due - made):
                self._waiting.append(self._mix.next())
            made = due

    async def _send(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), LARGEST_SEND))]
        try:
            unsent = {id(message) for message in await self._publisher.publish([sent.message for sent in batch])}
        except Exception:  # noqa: BLE001 - whatever keeps the broker from answering, it is tried again
            unsent = {id(sent.message) for sent in batch}
            await asyncio.sleep(TICK_SECONDS)
        for sent in batch:
            if id(sent.message) not in unsent:
                self._acknowledged(sent)
        self._waiting.extendleft(sent for sent in reversed(batch) if id(sent.message) in unsent)

    def _acknowledged(self, sent: Sent) -> None:
        if sent.command:
            self._promises.accepted.add(sent.command)
        else:
            self._promises.poison.add((sent.message.key or b"").decode())
