"""What this instance knows of one partition of the event topic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import nsmallest
from itertools import chain, islice

from orderflow.domain.lifecycle import State
from orderflow.domain.standing import Happening, Standing, standing_after
from orderflow.insights.census import Census
from orderflow.insights.share import Share, StuckOrder
from orderflow.insights.windows import Windows

SHOWN_STUCK = 100


@dataclass(slots=True)
class Fold:
    """What some events change: how orders stand after them, and which of the events were new, with what was before."""

    standings: dict[str, Standing] = field(default_factory=dict)
    news: list[tuple[Happening, Standing | None]] = field(default_factory=list)


class Part:
    """Every event before the offset `position` is in it. `touched` are clients whose counts are not published yet."""

    def __init__(self) -> None:
        self.census = Census()
        self.windows = Windows()
        self.position = 0
        self.touched: set[str] = set()

    def fold(self, events: Iterable[Happening]) -> Fold:
        """Nothing of it counts before it is taken in."""
        fold = Fold()
        for event in events:
            before = fold.standings.get(event.order_id) or self.census.standings.get(event.order_id)
            after = standing_after(before, event)
            if after:
                fold.standings[event.order_id] = after
                fold.news.append((event, before))
        return fold

    def take_in(self, fold: Fold, now: int) -> None:
        for order_id, standing in fold.standings.items():
            self.put(order_id, standing)
        for event, before in fold.news:
            self.windows.note(event, before, now)

    def put(self, order_id: str, standing: Standing) -> bool:
        """False where the order is known at a newer version."""
        self.touched.add(standing.client_id)
        return self.census.put(order_id, standing)

    def share(self, instance: str, limits: Mapping[State, int], now: int) -> Share:
        stuck = chain.from_iterable(
            islice(self.census.waiting({state: limit}, now), SHOWN_STUCK) for state, limit in limits.items()
        )
        oldest = nsmallest(SHOWN_STUCK, stuck, key=lambda order: order[1].since)
        return Share(
            instance=instance,
            at=now,
            position=self.position,
            by_state=_present(self.census.by_state),
            on_hold=self.census.on_hold,
            moves=self.windows.moves(now),
            stays=self.windows.stays(now),
            stuck=self.census.count_waiting(limits, now),
            stuck_orders=tuple(_stuck(order_id, standing) for order_id, standing in oldest),
        )

    def counts_of(self, client_id: str) -> Mapping[State, int]:
        return _present(self.census.by_client.get(client_id, {}))


def _present(counts: Mapping[State, int]) -> dict[State, int]:
    return {state: count for state, count in counts.items() if count}


def _stuck(order_id: str, standing: Standing) -> StuckOrder:
    return StuckOrder(order_id=order_id, client_id=standing.client_id, state=standing.state, since=standing.since)
