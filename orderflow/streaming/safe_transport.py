"""Faust's Kafka transport without its losses: each override mends one way in which 0.15.3 loses or repeats messages."""

import asyncio
import types
from collections.abc import Coroutine, Generator, Iterable
from functools import partial
from typing import Any, cast

from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from mode.services import WaitResults

from orderflow.streaming.safe_fetching import SafeConsumerThread, is_member


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


class SafeConsumer(driver.Consumer):
    """Commits nothing that is not acknowledged, and all that is before it gives a partition away."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._unconfirmed: dict[TP, int] = {}
        self._resumed: dict[TP, int] = {}

    @property
    def is_member(self) -> bool:
        """Whether its group knows it."""
        return is_member(self._thread._ensure_consumer())  # noqa: SLF001 - the thread is its own

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

    async def perform_seek(self) -> None:
        await super().perform_seek()
        self._unconfirmed.clear()
        self._resumed = {tp: offset for tp, offset in self._committed_offset.items() if offset is not None}

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
        # Where reading resumed meanwhile, Faust would ignore what it reads again up to this commit, and wait for ever
        # for what lies between it and where it reads.
        for tp in offsets.keys() - self._unconfirmed.keys():
            resumed = self._resumed.get(tp)
            if not committed or (resumed or 0) > offsets[tp]:
                self._committed_offset[tp] = resumed
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


def _is_in_flight(message: Any, tp: TP) -> bool:
    return bool(message.tp == tp and not message.acked)
