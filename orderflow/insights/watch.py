"""Orders that are in a state for too long: each is told of once."""

import logging
from collections.abc import Iterator, Mapping
from itertools import islice

from orderflow.domain.lifecycle import State
from orderflow.domain.standing import Standing, as_told
from orderflow.insights.book import Book, milliseconds
from orderflow.insights.holdings import Holdings
from orderflow.insights.part import Part
from orderflow.ports import Clock

log = logging.getLogger(__name__)

AT_ONCE = 500
SAID_AT_ONCE = 20
_HOUR = 3_600_000


class StuckWatch:
    """Tells of an order once each time that it gets stuck, whoever owns its partition then: its standing remembers."""

    def __init__(self, holdings: Holdings, book: Book, limits: Mapping[State, int], clock: Clock) -> None:
        self._holdings = holdings
        self._book = book
        self._limits = limits
        self._clock = clock

    async def look(self) -> None:
        """It is written down first: a crash in between leaves a line unsaid, and the order in the list all the same."""
        now = milliseconds(self._clock)
        found = {
            number: dict(islice(self._untold(held.part, now), AT_ONCE))
            for number, held in self._holdings.whole().items()
        }
        await self._book.amend(found)
        self._say([order for some in found.values() for order in some.items()], now)

    def _untold(self, part: Part, now: int) -> Iterator[tuple[str, Standing]]:
        for order_id, standing in part.census.waiting(self._limits, now):
            if not standing.told:
                yield order_id, as_told(standing)

    def _say(self, stuck: list[tuple[str, Standing]], now: int) -> None:
        for order_id, standing in stuck[:SAID_AT_ONCE]:
            hours = (now - standing.since) / _HOUR
            log.warning(
                "order %s is stuck, %s for %.1f hours", order_id, standing.state, hours, extra={"order": order_id}
            )
        if len(stuck) > SAID_AT_ONCE:
            log.warning("%s more orders are stuck", len(stuck) - SAID_AT_ONCE)
