"""Faust's Kafka transport without its losses: each override mends one way in which 0.15.3 loses or repeats messages."""

import asyncio
import types
from collections.abc import Coroutine, Generator, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, cast

from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from mode.services import WaitResults

MEMBERSHIP_POLL = 0.1  # seconds
COMMIT_SECONDS = 2.0
"""Less than a broker needs to come back wiped: a commit that tried on until then would land in another log."""


class FetchingEndedError(Exception):
    """A task of aiokafka's ended by itself; only a new process fetches again."""


@types.coroutine
def _resumed(coroutine: Coroutine[Any, Any, Any], pending: Any) -> Generator[Any, Any, Any]:
    """Drive on a coroutine that was started by hand and waits for `pending`."""
    while True:
        try:
            value = yield pending
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - handed on, cancellation too
            step = partial(coroutine.throw, error)
        else:
            step = partial(coroutine.send, value)
        try:
            pending = step()
        except StopIteration as done:
            return done.value


async def _rest(coroutine: Coroutine[Any, Any, Any], pending: Any) -> Any:
    return await _resumed(coroutine, pending)


def _close(waiting: Iterable[Any]) -> None:
    for each in waiting:
        if asyncio.iscoroutine(each):
            each.close()


class SafeConsumerThread(driver.AIOKafkaConsumerThread):
    """Fetches only what is wanted now, and gives back what was fetched for a partition paused meanwhile.

    Without a group that knows it, it neither commits nor delivers: a broker that comes back wiped has another log
    under the same offsets.
    """

    async def _commit(self, offsets: Any) -> bool:
        # Kafka takes a commit without a membership from anybody as long as the group is empty.
        if not _is_member(self._ensure_consumer()):
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
        if not _is_member(consumer):
            await asyncio.sleep(MEMBERSHIP_POLL)
            return {}
        records = await super()._fetch_records(consumer, wanted, timeout=timeout, max_records=max_records)
        if active_partitions is not None:
            for partition in self._unwanted(records, active_partitions if _is_member(consumer) else set()):
                first = records.pop(partition)[0].offset
                with suppress(Exception):
                    consumer.seek(partition, first)
        return records

    def _unwanted(self, records: Iterable[TP], active: set[TP]) -> list[TP]:
        # Faust would drop them with the position already advanced.
        return [partition for partition in records if not self.consumer.flow_active or partition not in active]


class SafeConsumer(driver.Consumer):
    """Commits nothing that is not acknowledged, and all that is before it gives a partition away."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._unconfirmed: dict[TP, int] = {}

    @property
    def is_member(self) -> bool:
        """Whether its group knows it."""
        return _is_member(self._thread._ensure_consumer())  # noqa: SLF001 - the thread is its own

    def _new_consumer_thread(self) -> SafeConsumerThread:
        # uvloop has a RuntimeError for a connection closed meanwhile; aiokafka takes it for a bug and stops fetching.
        loop = asyncio.SelectorEventLoop()
        return SafeConsumerThread(self, loop=self.loop, thread_loop=loop, beacon=self.beacon)

    async def wait_first(self, first: Any, *others: Any, timeout: float | None = None) -> Any:
        """Delivering a message rarely has to wait: run it without the four tasks that racing it costs."""
        if others and asyncio.iscoroutine(first):
            try:
                pending = first.send(None)
            except StopIteration as done:
                _close(others)
                return WaitResults([first], [done.value], False)  # noqa: FBT003 - mode's signature
            except (Exception, asyncio.CancelledError):
                _close(others)
                raise
            first = _rest(first, pending)
        return await super().wait_first(first, *others, timeout=timeout)

    async def maybe_wait_for_commit_to_finish(self) -> bool:
        # Faust then commits nothing, though more may have been acknowledged since that commit began.
        while await super().maybe_wait_for_commit_to_finish():
            pass
        return False

    def _new_offset(self, tp: TP) -> int | None:
        # Faust skips one message in flight, and on a fresh group all of them.
        in_flight = [message.offset for message in list(self._unacked_messages) if _is_in_flight(message, tp)]
        if not in_flight:
            return cast("int | None", super()._new_offset(tp))
        lowest, acked = min(in_flight), self._acked[tp]
        held = [offset for offset in acked if offset >= lowest]
        acked[:] = [offset for offset in acked if offset < lowest]
        try:
            return cast("int | None", super()._new_offset(tp))
        finally:
            acked.extend(held)

    def _filter_committable_offsets(self, tps: Iterable[TP]) -> dict[TP, int]:
        # Faust takes a commit that did not happen for done; the next one tells the broker again.
        wanted = list(tps)
        unconfirmed = {tp: self._unconfirmed[tp] for tp in wanted if tp in self._unconfirmed}
        return unconfirmed | cast("dict[TP, int]", super()._filter_committable_offsets(wanted))

    async def _commit_offsets(self, offsets: dict[TP, int], start_new_transaction: bool = True) -> bool:  # noqa: FBT001, FBT002 - Faust's signature
        self._unconfirmed.update(offsets)
        committed = bool(await super()._commit_offsets(offsets, start_new_transaction))
        if committed:
            self._forget(offsets)
        return committed

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        # Faust forgets what was acknowledged before it commits it.
        try:
            await self.commit()
        except Exception as error:  # noqa: BLE001 - the next owner then sees a few records again
            self.log.warning("commit on revoke: %r", error)
        self._forget(revoked)
        await super().on_partitions_revoked(revoked)

    def _forget(self, partitions: Iterable[TP]) -> None:
        for partition in partitions:
            self._unconfirmed.pop(partition, None)


class SafeTransport(driver.Transport):
    """Faust's transport with the safe consumer."""

    Consumer = SafeConsumer


def _is_member(consumer: Any) -> bool:
    coordinator = consumer._coordinator  # noqa: SLF001 - it tells nobody
    return bool(coordinator.generation >= 0 and coordinator.coordinator_id is not None)


def _is_in_flight(message: Any, tp: TP) -> bool:
    return bool(message.tp == tp and not message.acked)
