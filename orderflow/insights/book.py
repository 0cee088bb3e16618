"""Standings into the changelog and then into the counts: what is counted is never lost."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from orderflow.domain.standing import Happening, Standing
from orderflow.insights.holdings import Holding, Holdings
from orderflow.insights.ports import Changelog
from orderflow.ports import Clock
from orderflow.processing.patience import patience
from orderflow.processing.processor import KAFKA
from orderflow.processing.readiness import Readiness

log = logging.getLogger(__name__)


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
    """One entry at a time; while Kafka is away it waits, and the role is not ready.

    `home` tells the partition that an order belongs to. Orders from before there were more partitions have events on
    two, and are counted where they belong, by a rebuild: on the other they would count again.
    """

    def __init__(
        self,
        holdings: Holdings,
        changelog: Changelog,
        readiness: Readiness,
        clock: Clock,
        home: Callable[[str], int],
    ) -> None:
        self._holdings = holdings
        self._changelog = changelog
        self._readiness = readiness
        self._clock = clock
        self._home = home
        self._turn = asyncio.Lock()

    async def observe(self, readings: Mapping[int, Reading]) -> Observed:
        """What this instance does not own, or has not restored, is passed over: it comes again to whoever does."""
        async with self._turn:
            owned = self._owned(readings)
            folds = {
                number: held.part.fold(self._at_home(number, held, readings[number])) for number, held in owned.items()
            }
            await self._write({number: fold.standings for number, fold in folds.items()}, owned)
            kept = self._kept(owned)
            for number, held in kept.items():
                held.part.take_in(folds[number], self._now())
                held.part.position = max(held.part.position, readings[number].position)
            news = [event for number in kept for event, _ in folds[number].news]
            return Observed(partitions=kept.keys(), news=news)

    async def amend(self, standings: Mapping[int, Mapping[str, Standing]]) -> None:
        """Write orders' standings anew; one that has a newer version by now stays as it is."""
        async with self._turn:
            owned = self._owned(standings)
            current = {number: _current(held, standings[number]) for number, held in owned.items()}
            await self._write(current, owned)
            for number, held in self._kept(owned).items():
                for order_id, standing in current[number].items():
                    held.part.put(order_id, standing)

    async def _write(self, standings: Mapping[int, Mapping[str, Standing]], owned: Mapping[int, Holding]) -> None:
        async def append() -> Mapping[int, range]:
            # Kafka may have been away for long. Who owns a partition now reads no more of what we are late to write.
            due = {number: some for number in self._kept(owned) if (some := standings[number])}
            return await self._changelog.append(due) if due else {}

        if any(standings.values()):
            offsets: Mapping[int, range] = await patience(KAFKA, self._readiness)(append)
            self._readiness.reached(KAFKA)
            self._holdings.written(offsets)

    def _at_home(self, partition: int, held: Holding, reading: Reading) -> list[Happening]:
        known = held.part.census.standings
        events = [
            event for event in reading.events if event.order_id in known or self._home(event.order_id) == partition
        ]
        if len(events) < len(reading.events):
            away = len(reading.events) - len(events)
            log.warning("%s events on partition %s are passed over: their orders belong to others", away, partition)
        return events

    def _owned(self, partitions: Iterable[int]) -> Mapping[int, Holding]:
        whole = self._holdings.whole()
        return {number: whole[number] for number in partitions if number in whole}

    def _kept(self, owned: Mapping[int, Holding]) -> Mapping[int, Holding]:
        """Without those that have gone to another instance meanwhile, also if they have come back: restored anew."""
        return {number: held for number, held in owned.items() if self._holdings.get(number) is held}

    def _now(self) -> int:
        return milliseconds(self._clock)


def _current(held: Holding, standings: Mapping[str, Standing]) -> dict[str, Standing]:
    known = held.part.census.standings
    return {
        order_id: standing
        for order_id, standing in standings.items()
        if order_id in known and known[order_id].version == standing.version
    }


def milliseconds(clock: Clock) -> int:
    return round(clock().timestamp() * 1_000)
