"""Events as they happen, over as many connections as that takes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from aiohttp import ClientError, ClientResponse

from orderflow.client.decoding import decoded
from orderflow.client.exchange import Exchange, Request
from orderflow.client.lists import Query
from orderflow.client.server_sent import Block, BlockReader

E = TypeVar("E")

_RETRY_SECONDS = 2.0
"""Until the facade says after how long to come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """What happened since the last event is not kept any more: read again what matters. What happens now follows."""

    reason: str
    action: str


class EventStream(Generic[E]):
    """An async iterable without an end. A connection that is lost, or ended, is made anew after `last_id`.

    `last_id` is the id of what it showed last, and what to go on after once that is handled. Nothing is shown twice but
    what the topic of events has twice: drop it by `event_id`. Where no connection can be had for the client's
    `timeout`, or the facade refuses, it raises OrderflowError; iterated again it goes on where it was.
    """

    def __init__(self, exchange: Exchange, timeout: float, path: str, query: Query = (), *, last_id: str) -> None:
        self._exchange = exchange
        self._timeout = timeout
        self._path = path
        self._query = query
        self._retry = _RETRY_SECONDS
        self.last_id = last_id

    async def __aiter__(self) -> AsyncIterator[E]:
        while True:
            async with await self._connection() as answer:
                reader = BlockReader()
                while chunk := await _next_chunk(answer):
                    for block in reader.read(chunk):
                        if (shown := self._take(block)) is not None:
                            yield shown
            await asyncio.sleep(self._retry)

    async def _connection(self) -> ClientResponse:
        last = {"Last-Event-ID": self.last_id} if self.last_id else {}
        request = Request(method="GET", path=self._path, query=self._query, headers=last)
        return await self._exchange.listen(request, asyncio.get_running_loop().time() + self._timeout)

    def _take(self, block: Block) -> Any:  # noqa: ANN401 - an E
        """None for a sign of life, and for what only later versions know."""
        if block.retry is not None:
            self._retry = block.retry / 1000
        if block.id is not None:
            self.last_id = block.id
        if block.data is None:
            return None
        match block.event:
            case "message":
                return decoded(block.data)
            case "reset":
                said = decoded(block.data)
                return Reset(reason=said["reason"], action=said["action"])
        return None


async def _next_chunk(answer: ClientResponse) -> bytes:
    """Nothing where the connection is at its end, whichever end that is."""
    try:
        return await answer.content.readany()
    except (ClientError, TimeoutError, OSError):
        return b""
