"""All that an insights role does beside reading events, each of it again and again."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from orderflow.domain.standing import Standing
from orderflow.insights.book import Book
from orderflow.insights.expiry import Expiry
from orderflow.insights.holdings import Holdings
from orderflow.insights.publishing import SharePublisher
from orderflow.insights.watch import StuckWatch

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Insights:
    """`expiry` is None where orders do not expire."""

    holdings: Holdings
    book: Book
    publisher: SharePublisher
    watch: StuckWatch
    expiry: Expiry | None

    async def look(self) -> None:
        """Mend the changelog, tell of stuck orders, let stale ones expire. What fails is tried again the next time."""
        try:
            await self._mend()
            await self.watch.look()
            if self.expiry:
                await self.expiry.look()
        except Exception as error:  # noqa: BLE001 - an error in a timer would end the role
            log.warning("looking after waiting orders failed: %r", error)

    async def _mend(self) -> None:
        """Write orders anew whose last record in the changelog is a former owner's, and so an older one."""
        overtaken: dict[int, Mapping[str, Standing]] = {}
        for number, held in self.holdings.whole().items():
            orders, held.overtaken = held.overtaken, set()
            overtaken[number] = {order_id: held.part.census.standings[order_id] for order_id in orders}
        await self.book.amend(overtaken)
