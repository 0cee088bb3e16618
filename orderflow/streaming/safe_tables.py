"""Faust's tables, whose recovery after a rebalance throws away what is fetched meanwhile; here it does not."""

import asyncio
from typing import Any

from faust.tables.manager import TableManager
from faust.tables.recovery import Recovery


class SafeRecovery(Recovery):
    """Lets records flow only after positions are set and old records are gone."""

    async def on_recovery_completed(self, generation_id: int = 0) -> None:
        """The tables are restored: go on with the streams, unless the next rebalance has begun."""
        await self.app.on_rebalance_complete.send()
        self._set_recovery_ended()
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
