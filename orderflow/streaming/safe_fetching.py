"""Faust's fetching and committing without its losses: for members that their group knows, and only what is wanted."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from aiokafka.client import ConnectionGroup
from aiokafka.errors import KafkaError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from orderflow.adapters.kafka_header_names import forgive_header_names

MEMBERSHIP_POLL = 0.1  # seconds
COMMIT_SECONDS = 2.0
"""Less than a broker needs to come back wiped: a commit that tried on until then would land in another log."""


forgive_header_names()


class FetchingEndedError(Exception):
    """A task of aiokafka's ended by itself; only a new process fetches again."""


class SafeConsumerThread(driver.AIOKafkaConsumerThread):
    """Fetches only what is wanted now, and gives back what was fetched for a partition paused meanwhile.

    Without a group that knows it, it neither commits nor delivers: a broker that comes back wiped has another log
    under the same offsets.
    """

    _confirmed: tuple[object, object] | None = None
    """Over which a heartbeat was answered."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # What a program took back, for its transaction was aborted, was never said.
        consumer._isolation_level = "read_committed"  # noqa: SLF001 - Faust ties it to transactions of its own
        return consumer

    async def _commit(self, offsets: Any) -> bool:
        # Kafka takes a commit without a membership from anybody as long as the group is empty; aiokafka takes one
        # of nothing, which is left when all partitions went away meanwhile, for a mistake that ends the worker.
        if not is_member(self._ensure_consumer()) or self.assignment().isdisjoint(offsets):
            return False
        try:
            # aiokafka would try for as long as the broker is away.
            async with asyncio.timeout(COMMIT_SECONDS):
                return bool(await super()._commit(offsets))
        except TimeoutError:
            return False

    async def _fetch_records(
        self,
        consumer: Any,
        active_partitions: set[TP] | None,
        timeout: float | None = None,
        max_records: Any = None,
    ) -> Any:
        # The set is live: once emptied meanwhile, aiokafka would take it for "all partitions".
        wanted = None if active_partitions is None else frozenset(active_partitions)
        if wanted is not None and not wanted:
            return {}
        if consumer._fetcher.error_future.done():  # noqa: SLF001 - nobody else looks at it
            # Nothing would ever be fetched again, and nothing be said of it.
            await self.crash(FetchingEndedError("aiokafka has stopped fetching"))
            return {}
        if not await self._is_known(consumer):
            await asyncio.sleep(MEMBERSHIP_POLL)
            return {}
        records = await super()._fetch_records(consumer, wanted, timeout=timeout, max_records=max_records)
        if active_partitions is not None:
            for partition in self._unwanted(records, active_partitions if self._stays_known(consumer) else set()):
                first = records.pop(partition)[0].offset
                with suppress(Exception):
                    consumer.seek(partition, first)
        return records

    async def _is_known(self, consumer: Any) -> bool:
        """Whether its group has said so over this very connection: a broker that was wiped does not know it any more.

        aiokafka takes the old membership for valid until its next heartbeat.
        """
        if not is_member(consumer) or self._stays_known(consumer):
            return is_member(consumer)
        way, known = _way_to_the_group(consumer), False
        with suppress(KafkaError):
            # Without a way it makes one, over which the next one goes.
            known = await consumer._coordinator._do_heartbeat()  # noqa: SLF001 - it asks no other way
        self._confirmed = way if known else None
        return self._stays_known(consumer)

    def _stays_known(self, consumer: Any) -> bool:
        return is_member(consumer) and self._confirmed is not None and self._confirmed == _way_to_the_group(consumer)

    def _unwanted(self, records: Iterable[TP], active: set[TP]) -> list[TP]:
        # Faust would drop them with the position already advanced.
        return [partition for partition in records if not self.consumer.flow_active or partition not in active]


def is_member(consumer: Any) -> bool:
    """Whether it has joined its group, as far as it knows itself."""
    coordinator = consumer._coordinator  # noqa: SLF001 - it tells nobody
    return bool(coordinator.generation >= 0 and coordinator.coordinator_id is not None)


def _way_to_the_group(consumer: Any) -> tuple[object, object] | None:
    """Equal as long as the coordinator was not found anew and the connection to it is the same; None without one."""
    coordinator = consumer._coordinator  # noqa: SLF001 - it tells nobody
    connections = coordinator._client._conns  # noqa: SLF001
    connection = connections.get((coordinator.coordinator_id, ConnectionGroup.COORDINATION))
    if connection is None or not connection.connected():
        return None
    return coordinator._coordinator_dead_fut, connection  # noqa: SLF001
