"""The changelog in memory: the twin of Kafka's, encoded as there, and read back as a recovery does."""

from collections import defaultdict
from collections.abc import Mapping

from orderflow.domain.standing import Standing
from orderflow.insights.holdings import Holdings
from orderflow.wire.standings import decode_standing, encode_standing


class InMemoryChangelog:
    """A Changelog; it raises what `failures` still holds, one at a time, before it takes anything."""

    def __init__(self) -> None:
        self.records: dict[int, list[tuple[str, bytes]]] = defaultdict(list)
        self.failures: list[Exception] = []

    async def append(self, standings: Mapping[int, Mapping[str, Standing]]) -> Mapping[int, range]:
        if self.failures:
            raise self.failures.pop(0)
        offsets = {}
        for partition, some in standings.items():
            log = self.records[partition]
            offsets[partition] = range(len(log), len(log) + len(some))
            log.extend((order_id, encode_standing(standing)) for order_id, standing in some.items())
        return offsets

    def restore(self, holdings: Holdings, partition: int, generation: int = 1) -> None:
        """What the holdings have not read yet of a partition that is assigned."""
        held = holdings.get(partition)
        first = held.known + 1 if held else 0
        for offset, (order_id, standing) in list(enumerate(self.records[partition]))[first:]:
            holdings.restore(partition, offset, order_id, decode_standing(standing))
        holdings.restored([partition], generation)
