"""What insights make of the events of a deployment in memory."""

from collections.abc import Iterable

from orderflow.adapters.memory_statistics import InMemoryStatistics
from orderflow.insights.holdings import Holdings
from orderflow.insights.publishing import SharePublisher
from orderflow.wire.records import Record
from orderflow.wire.standings import read_happening
from tests.unit.happened import NOW, clock


async def count(events: Iterable[Record], partitions: int, board: InMemoryStatistics) -> None:
    """All of them are counted and published."""
    holdings = Holdings()
    holdings.assign(range(partitions))
    holdings.restored(range(partitions), 1)
    for record in events:
        held = holdings.get(record.partition)
        assert held
        held.part.take_in(held.part.fold([read_happening(record.value)]), NOW)
        held.part.position = record.offset + 1
    await SharePublisher(holdings, board, {}, clock, "insights").publish()
