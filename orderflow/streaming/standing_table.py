"""The Faust table of standings: restored from its changelog by version, and forgotten with its partitions."""

import logging
from collections.abc import Iterable
from typing import Any

import faust
from faust.stores import memory
from faust.types import TP, EventT

from orderflow.domain.standing import Standing
from orderflow.insights.holdings import Holdings
from orderflow.wire.standings import decode_standing

log = logging.getLogger(__name__)


class StandingStore(memory.Store):
    """What the table keeps, partition by partition.

    Faust's own store leaves what it wrote itself with a partition that it lost, and reads everything again at each
    rebalance; and whatever was written last would count, also what a former owner was late to write.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self.holdings = Holdings()

    def __contains__(self, order_id: object) -> bool:
        return isinstance(order_id, str) and self.holdings.standing(order_id) is not None

    def __getitem__(self, order_id: str) -> Standing:
        standing = self.holdings.standing(order_id)
        if standing is None:
            raise KeyError(order_id)
        return standing

    def persisted_offset(self, tp: TP) -> int | None:
        """Recovery reads on from there."""
        held = self.holdings.get(tp.partition)
        return held.known if held and held.known >= 0 else None

    async def on_rebalance(self, assigned: set[TP], *_: Any) -> None:  # noqa: ANN401 - Faust's signature
        self.holdings.assign(tp.partition for tp in assigned if tp.topic == self.table.changelog_topic_name)

    async def on_recovery_completed(self, active_tps: set[TP], standby_tps: set[TP]) -> None:  # noqa: ARG002 - Faust's signature
        self.holdings.restored((tp.partition for tp in active_tps), self.app.consumer_generation_id)

    def apply_changelog_batch(self, batch: Iterable[EventT], *_: Any, **__: Any) -> None:  # noqa: ANN401 - Faust's signature
        for event in batch:
            message = event.message
            try:
                order_id, standing = message.key.decode(), decode_standing(message.value)
            except ValueError as error:
                log.warning("%s/%s is no standing: %s", message.tp, message.offset, error)
                continue
            self.holdings.restore(message.partition, message.offset, order_id, standing)


class StandingTable(faust.Table):
    """Read as any table; written by the book alone, which awaits every delivery."""

    def _new_store(self) -> StandingStore:
        return StandingStore("memory://", self.app, self, table_name=self.name, loop=self.loop)

    @property
    def holdings(self) -> Holdings:
        holdings: Holdings = self.data.holdings
        return holdings
