"""Faust's tables, whose recovery after a rebalance throws away what is fetched meanwhile; here it does not."""

import asyncio
from contextlib import suppress
from typing import Any

from faust.tables.manager import TableManager
from faust.tables.recovery import Recovery
from faust.types import EventT
from mode.services import Service

IDLE_SECONDS = 1.0
"""So often it is looked whether a recovery has nothing to read."""


class SafeRecovery(Recovery):
    """Lets records flow only after positions are set and old records are gone."""

    @Service.task
    async def _slurp_changelogs(self) -> None:
        """Reads what has gathered at once: Faust looks after each record how much every partition has left.

        Standbys are not kept. A record of a partition that is not ours any more is left out.
        """
        while not self.should_stop:
            self.signal_recovery_end.clear()
            for event in await self._gathered():
                self._take(event)
            self.flush_buffers()
            if self.in_recovery and not self.need_recovery():
                self._set_recovery_ended()
                self.signal_recovery_end.set()

    async def _gathered(self) -> list[EventT]:
        queue, events = self.tables.changelog_queue, []
        with suppress(TimeoutError):
            async with asyncio.timeout(IDLE_SECONDS):
                events.append(await queue.get())
        while not queue.empty():
            events.append(queue.get_nowait())
        return events

    def _take(self, event: EventT) -> None:
        partition, offset = event.message.tp, event.message.offset
        if partition in self.active_tps:
            seen = self.active_offsets.get(partition)
            if seen is None or offset > seen:
                self.active_offsets[partition] = offset
                self.buffers[self.tp_to_table[partition]].append(event)

    async def on_recovery_completed(self, generation_id: int = 0) -> None:
        """The tables are restored: go on with the streams, unless the next rebalance has begun."""
        await self.app.on_rebalance_complete.send()
        self._set_recovery_ended()
        # Of the partitions that the next one brings none is restored yet.
        if self.app.consumer_generation_id == generation_id:
            await self._tell_tables()
        if self.app.consumer_generation_id == generation_id:
            await self._resume()
        else:
            self.log.warning("recovery begins again: another rebalance has begun")

    async def _tell_tables(self) -> None:
        told = [
            asyncio.ensure_future(
                table.on_recovery_completed(self.actives_for_table[table], self.standbys_for_table[table])
            )
            for table in self.tables.values()
        ]
        if told:
            await asyncio.wait(told)

    async def _resume(self) -> None:
        app, consumer = self.app, self.app.consumer
        assignment = consumer.assignment()
        if assignment:
            await self._wait(consumer.perform_seek(), timeout=app.conf.broker_request_timeout)
        self.completed.set()
        # This empties every queue. Faust has resumed the partitions by now, and loses what came since.
        app.flow_control.resume()
        consumer.resume_partitions({tp for tp in assignment if not self._is_changelog_tp(tp)})
        consumer.resume_flow()
        await app._fetcher.maybe_start()  # noqa: SLF001 - as Faust itself does
        self._say_ready()

    def _say_ready(self) -> None:
        self.tables.on_actives_ready()
        if not self.app.assignor.assigned_standbys():
            self.tables.on_standbys_ready()
        self.app.on_rebalance_end()
        self.log.info("Worker ready")


class SafeTableManager(TableManager):
    """Faust's tables with the safe recovery."""

    _recovery: Any = None

    @property
    def recovery(self) -> Any:  # noqa: ANN401 - Faust's type
        if self._recovery is None:
            self._recovery = SafeRecovery(self.app, self, beacon=self.beacon, loop=self.loop)
        return self._recovery
