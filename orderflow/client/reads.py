"""What can be asked without changing anything: lists turn their own pages, streams come back by themselves."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any, Unpack, cast
from urllib.parse import quote

from orderflow.client.exchange import Exchange, Request
from orderflow.client.lists import Filters, Query, Walk, query_of
from orderflow.client.options import ChangeOptions, order_path, write
from orderflow.client.streams import EventStream, Reset
from orderflow.domain.events import EventType
from orderflow.domain.lifecycle import State
from orderflow.wire.event_shapes import Event
from orderflow.wire.job_shapes import Job
from orderflow.wire.list_shapes import OrderExcerpt, Total
from orderflow.wire.shapes import History, Item, Order, Outcome, PendingCommand, Trial


class Reads:
    """A read raises OrderflowError."""

    def __init__(self, exchange: Exchange, timeout: float) -> None:
        self._exchange = exchange
        self._timeout = timeout

    async def get(self, order_id: str) -> Order:
        return cast("Order", await self._ask(order_path(order_id)))

    async def history(self, order_id: str) -> History:
        return cast("History", await self._ask(order_path(order_id, "history")))

    async def command(self, order_id: str, command_id: str) -> Outcome | PendingCommand:
        """What became of a command; a rejection is an outcome like any other."""
        return cast("Outcome | PendingCommand", await self._ask(command_path(order_id, command_id)))

    async def job(self, job_id: str) -> Job:
        """What has become of each item of a bulk request so far."""
        return cast("Job", await self._ask(job_path(job_id)))

    async def amend_dry_run(
        self, order_id: str, items: Sequence[Item], *, reason: str | None = None, **options: Unpack[ChangeOptions]
    ) -> Trial:
        """The order as `amend` would leave it, or raises what `amend` would; nothing is changed."""
        asked = write("PUT", order_path(order_id, "items"), options, items=items, reason=reason, dry_run=True)
        return cast("Trial", (await self._exchange.send(asked, self._deadline(asked))).body)

    async def list(self, **walk: Unpack[Walk]) -> AsyncIterator[Order]:
        """Every order of the list; pages are fetched as they are needed."""
        async for order in self._walk(query_of(walk)):
            yield cast("Order", order)

    async def list_fields(self, fields: Collection[str], **walk: Unpack[Walk]) -> AsyncIterator[OrderExcerpt]:
        """The same, with these fields of each order only, and its `order_id`."""
        async for order in self._walk((*query_of(walk), ("fields", ",".join(fields)))):
            yield order

    async def count(self, **filters: Unpack[Filters]) -> Total:
        """How many orders the list has; counting ends at 10 000, and its `relation` then is `gte`."""
        asked = (*query_of(filters), ("total", "estimated"), ("limit", "1"), ("fields", "order_id"))
        return cast("Total", (await self._ask("/orders", asked))["total"])

    def order_events(self, order_id: str, *, after: int = 0) -> EventStream[Event]:
        """Every change of the order after that version, each once, and then each as it happens."""
        last_id = f"{order_id}:{after}" if after else ""
        return EventStream(self._exchange, self._timeout, order_path(order_id, "events"), last_id=last_id)

    def events(
        self,
        *,
        client_id: str | None = None,
        type: Collection[EventType | str] = (),  # noqa: A002 - the parameter's name
        state: Collection[State | str] = (),
        after: str = "",
    ) -> EventStream[Event | Reset]:
        """What happens to a client's orders, or to all, from now on or after the `last_id` of another stream."""
        query = [*(("type", str(each)) for each in type), *(("state", str(each)) for each in state)]
        if client_id is not None:
            query.append(("client_id", client_id))
        return EventStream(self._exchange, self._timeout, "/events", tuple(query), last_id=after)

    async def _walk(self, query: Query) -> AsyncIterator[Any]:
        cursor: Query = ()
        while True:
            page = await self._ask("/orders", (*query, *cursor))
            for order in page["orders"]:
                yield order
            if not page["next_cursor"]:
                return
            cursor = (("cursor", page["next_cursor"]),)

    async def _ask(self, path: str, query: Query = ()) -> Any:  # noqa: ANN401 - JSON
        question = Request(method="GET", path=path, query=query)
        return (await self._exchange.send(question, self._deadline(question))).body

    def _deadline(self, request: Request | None = None) -> float:
        seconds = request.seconds if request and request.seconds is not None else self._timeout
        return asyncio.get_running_loop().time() + seconds


def command_path(order_id: str, command_id: str) -> str:
    return order_path(order_id, "commands", quote(command_id, safe=""))


def job_path(job_id: str) -> str:
    return f"/jobs/{quote(job_id, safe='')}"
