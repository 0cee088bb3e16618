"""Lists, walked page by page as a client of the facade would, through the same queries."""

from dataclasses import replace

from orderflow.domain.lifecycle import State
from orderflow.ports import ListQuery, OrderQueries
from orderflow.verification.evidence import Evidence
from orderflow.verification.sources import Progress

PAGE = 200
CLIENTS = 100
"""So many clients' lists are walked, the first by their ids; the lists of the states hold every order anyway."""

_SAMPLE = f"INSERT INTO sampled SELECT DISTINCT client_id FROM orders ORDER BY client_id LIMIT {CLIENTS}"  # noqa: S608 - a number


async def read_lists(queries: OrderQueries, evidence: Evidence, progress: Progress) -> None:
    """After the orders: the list of each state, and of a sample of the clients."""
    evidence.run(_SAMPLE)
    clients = [client_id for (client_id,) in evidence.rows("SELECT client_id FROM sampled ORDER BY client_id")]
    total = evidence.number("SELECT count(*) FROM orders")
    progress.step("walking lists", total=total)
    for state in State:
        await _walk(f"state {state}", ListQuery(states=(state,), limit=PAGE), queries, evidence, progress)
    progress.step(f"walking lists of {len(clients)} clients")
    for client_id in clients:
        await _walk(f"client {client_id}", ListQuery(client_id=client_id, limit=PAGE), queries, evidence, progress)


async def _walk(name: str, query: ListQuery, queries: OrderQueries, evidence: Evidence, progress: Progress) -> None:
    place = 0
    while page := await queries.find(query):
        rows = [
            (
                name,
                place + at,
                order.order_id,
                order.client_id,
                order.state,
                order.version,
                order.created_at.isoformat(),
            )
            for at, order in enumerate(page)
        ]
        evidence.add("listed", rows)
        progress.advance(len(page))
        place += len(page)
        last = (page[-1].created_at, page[-1].order_id)
        if query.before and last >= query.before:
            return  # What stands there is a violation; walking on might never end.
        query = replace(query, before=last)
