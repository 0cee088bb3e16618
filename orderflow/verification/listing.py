"""Lists, walked page by page as a client of the facade would, through the same queries."""

import asyncio
from dataclasses import dataclass, field, replace

from orderflow.domain.lifecycle import State
from orderflow.domain.listing import ListQuery
from orderflow.domain.order import Order
from orderflow.ports import OrderQueries
from orderflow.verification.evidence import Evidence, Row
from orderflow.verification.rows import UNREADABLE
from orderflow.verification.sources import Progress
from orderflow.verification.storable import storable

PAGE = 200
CLIENTS = 100
"""So many clients' lists are walked, the first by their ids; the lists of the states hold every order anyway."""
_AT_ONCE = 8

_SAMPLE = f"INSERT INTO sampled SELECT DISTINCT client_id FROM orders ORDER BY client_id LIMIT {CLIENTS}"  # noqa: S608 - a number


@dataclass(frozen=True, slots=True)
class ListReading:
    """After the orders: the list of each state, and of a sample of the clients."""

    queries: OrderQueries
    evidence: Evidence
    progress: Progress
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def all(self) -> None:
        self.evidence.run(_SAMPLE)
        clients = [client_id for (client_id,) in self.evidence.rows("SELECT client_id FROM sampled")]
        self.progress.step("walking lists", total=self.evidence.number("SELECT count(*) FROM orders"))
        async with asyncio.TaskGroup() as walks:
            for state in State:
                walks.create_task(self._walk(f"state {state}", ListQuery(states=(state,), limit=PAGE)))
            for client_id in clients:
                walks.create_task(self._walk(f"client {client_id}", ListQuery(client_id=client_id, limit=PAGE)))

    async def _walk(self, name: str, query: ListQuery) -> None:
        place = 0
        try:
            while page := await self._page(query):
                self.evidence.add("listed", [storable(_row(name, place + at, order)) for at, order in enumerate(page)])
                self.progress.advance(len(page))
                place += len(page)
                last = query.sort.position(page[-1])
                if len(page) < PAGE or (query.after and last >= query.after):
                    return  # Nothing older, or a violation, and walking on might never end.
                query = replace(query, after=last)
        except UNREADABLE as error:
            detail = f"the list of {name} cannot be read from place {place} on: {type(error).__name__}: {error}"
            self.evidence.add("broken", [("lists", name, detail)])
            self.evidence.add("unwalked", [(name,)])

    async def _page(self, query: ListQuery) -> list[Order]:
        async with self.turns:
            return await self.queries.find(query)


def _row(name: str, place: int, order: Order) -> Row:
    created_at = order.created_at.isoformat()
    return name, place, order.order_id, order.client_id, order.state, order.version, created_at
