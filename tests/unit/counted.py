"""Statistics as the owners of partitions publish them, on the board of a facade's loop."""

from collections.abc import Mapping

from orderflow.domain.lifecycle import State
from orderflow.insights.holdings import Holdings
from orderflow.insights.publishing import SharePublisher
from tests.unit.facade_loop import Loop
from tests.unit.happened import NOW, clock, standing

EMPTY: Mapping[State, int] = {}


async def counted(loop: Loop, *partitions: int, since: int = NOW, limits: Mapping[State, int] = EMPTY) -> Loop:
    """In each partition one order of client-1 and one of client-2, confirmed at that time; `limits` as settings say."""
    holdings = Holdings()
    holdings.assign(partitions)
    for partition in partitions:
        held = holdings.get(partition)
        assert held
        for client in ("client-1", "client-2"):
            held.part.put(f"{client}-{partition}", standing(State.CONFIRMED, client_id=client, since=since))
    holdings.restored(partitions, 1)
    await SharePublisher(holdings, loop.statistics, limits, clock, "one").publish()
    return loop
