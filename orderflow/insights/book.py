"""Standings into the changelog and then into the counts: what is counted is never lost."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from orderflow.domain.standing import Happening, Standing
from orderflow.insights.holdings import Holding, Holdings
from orderflow.insights.ports import Changelog
from orderflow.ports import Clock
from orderflow.processing.patience import patience
from orderflow.processing.processor import KAFKA
from orderflow.processing.readiness import Readiness


@dataclass(slots=True, kw_only=True)
class Reading:
    """Events of one partition: all that there are before the offset `position`."""

    events: list[Happening] = field(default_factory=list)
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """The partitions whose events are in the changelog now, and which of the events were new."""

    partitions: Collection[int]
    news: Iterable[Happening]


class Book:
    """One entry at a time; while Kafka is away it waits, and the role is not ready."""

    def __init__(self, holdings: Holdings, changelog: Changelog, readiness: Readiness, clock: Clock) -> None:
        self._holdings = holdings
        self._changelog = changelog
        self._readiness = readiness
        self._clock = clock
        self._turn = asyncio.Lock()

    async def observe(self, readings: Mapping[int, Reading]) -> Observed:
        """What this instance does not own, or has not restored, is passed over: it comes again to whoever does."""
        async with self._turn:
            whole = self._holdings.whole()
            folds = {number: whole[number].part.fold(readings[number].events) for number in readings if number in whole}
            await self._write({number: fold.standings for number, fold in folds.items()})
            news = [event for fold in folds.values() for event, _ in fold.news]
            for number, held in self._kept(folds):
                held.part.take_in(folds[number], self._now())
                held.part.position = max(held.part.position, readings[number].position)
            return Observed(partitions=folds.keys(), news=news)

    async def amend(self, standings: Mapping[int, Mapping[str, Standing]]) -> None:
        """Write orders' standings anew; one that has a newer version by now stays as it is."""
        async with self._turn:
            current = {number: self._current(number, some) for number, some in standings.items()}
            await self._write(current)
            for number, held in self._kept(current):
                for order_id, standing in current[number].items():
                    held.part.put(order_id, standing)

    def _current(self, partition: int, standings: Mapping[str, Standing]) -> dict[str, Standing]:
        held = self._holdings.get(partition)
        known = held.part.census.standings if held else {}
        return {
            order_id: standing
            for order_id, standing in standings.items()
            if order_id in known and known[order_id].version == standing.version
        }

    async def _write(self, standings: Mapping[int, Mapping[str, Standing]]) -> None:
        filled = {partition: some for partition, some in standings.items() if some}
        if not filled:
            return
        offsets: Mapping[int, range] = await patience(KAFKA, self._readiness)(self._changelog.append, filled)
        self._readiness.reached(KAFKA)
        self._holdings.written(offsets)

    def _kept(self, partitions: Iterable[int]) -> Iterable[tuple[int, Holding]]:
        """One may have gone to another instance meanwhile, which has read what we wrote."""
        for partition in partitions:
            if held := self._holdings.get(partition):
                yield partition, held

    def _now(self) -> int:
        return milliseconds(self._clock)


def milliseconds(clock: Clock) -> int:
    return round(clock().timestamp() * 1_000)
