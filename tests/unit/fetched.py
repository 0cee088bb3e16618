"""aiokafka's consumer as ours sees it while it fetches: what it hands out, and where it stands afterwards."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from aiokafka.client import ConnectionGroup
from faust.types import TP

from tests.unit.faust_consumers import OTHER, PARTITION, fetched_record


def noop() -> None:
    """Nothing happens."""


class Fetched:
    """Plays aiokafka's consumer: hands out what it has fetched once, and takes an empty set for every partition."""

    _closed = False
    _max_poll_records = None

    def __init__(self) -> None:
        self.positions = {PARTITION: 7, OTHER: 7}
        self.drained: set[TP] = set()
        self.before, self.after, self.answering = noop, noop, noop
        self._fetcher = self._subscriptions = self
        self.known, self.heartbeats = True, 0
        self._coordinator = SimpleNamespace(
            generation=1,
            coordinator_id=1,
            _coordinator_dead_fut=object(),
            _do_heartbeat=self.heartbeat,
            _client=SimpleNamespace(_conns={}),
        )
        self.connect()
        self.error_future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def heartbeat(self) -> bool:
        self.heartbeats += 1
        self.answering()
        return self.known

    def connect(self, *, connected: bool = True) -> None:
        """To the coordinator, anew."""
        connections = self._coordinator._client._conns
        connections[1, ConnectionGroup.COORDINATION] = SimpleNamespace(connected=lambda: connected)

    def find_coordinator(self) -> None:
        self._coordinator._coordinator_dead_fut = object()

    @contextmanager
    def fetch_context(self) -> Iterator[None]:
        yield

    async def fetched_records(self, partitions: set[TP] | None, **_: object) -> dict[TP, list[Any]]:
        self.before()
        wanted = [tp for tp in self.positions if not partitions or tp in partitions]
        self.drained |= set(wanted)
        for tp in wanted:
            self.positions[tp] = 9
        self.after()
        return {tp: [fetched_record(tp, 7), fetched_record(tp, 8)] for tp in wanted}

    def seek(self, partition: TP, offset: int) -> None:
        self.positions[partition] = offset


def fetching(consumer: Any) -> Fetched:  # noqa: ANN401
    fetched = Fetched()

    async def getmany(active: set[TP], timeout: float) -> Any:  # noqa: ANN401, ASYNC109 - Faust's signature
        return await consumer._thread._fetch_records(fetched, active, timeout=timeout)

    consumer._thread.getmany = getmany
    consumer.highwater = lambda _: 9
    consumer._set_active_tps({PARTITION, OTHER})
    consumer.resume_flow()
    return fetched


async def delivered(consumer: Any) -> dict[TP, int]:  # noqa: ANN401
    """The last offset of each partition."""
    return {tp: message.offset async for tp, message in consumer.getmany(timeout=1.0)}
