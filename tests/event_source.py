"""A reader of Server-Sent Events, as a browser's EventSource reads them (HTML Living Standard, 9.2.6)."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import orjson
from aiohttp import ClientResponse, ClientSession

WITHIN = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One event, under the id that was in force with it."""

    id: str
    type: str
    data: Any


class EventSource:
    """What comes over one connection; `last_id` and `retry` are what would be used to come back."""

    def __init__(self, answer: ClientResponse) -> None:
        self.answer = answer
        self.last_id = ""
        self.retry: int | None = None
        self.comments = 0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Seen:
        """The next event, within ten seconds; StopAsyncIteration where the stream ended."""
        async with asyncio.timeout(WITHIN):
            while (block := await self._block()) is not None:
                fields = self._read(block)
                if "data" in fields:
                    return Seen(id=self.last_id, type=fields.get("event", "message"), data=orjson.loads(fields["data"]))
        raise StopAsyncIteration

    async def take(self, count: int) -> list[Seen]:
        return [await anext(self) for _ in range(count)]

    async def until_beat(self) -> None:
        """Until there is a sign of life without an event."""
        async with asyncio.timeout(WITHIN):
            block = await self._block()
            assert block is not None, "the stream has ended"
            assert "data" not in self._read(block)

    async def _block(self) -> list[str] | None:
        lines: list[str] = []
        while line := (await self.answer.content.readuntil(b"\n")).decode():
            if line == "\n":
                return lines
            lines.append(line.rstrip("\n"))
        return None

    def _read(self, block: list[str]) -> dict[str, str]:
        fields: dict[str, str] = {}
        for line in block:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            self.comments += not name
            fields[name] = f"{fields[name]}\n{value}" if name in fields else value
        self.last_id = fields.get("id", self.last_id)
        self.retry = int(fields["retry"]) if "retry" in fields else self.retry
        return fields


@asynccontextmanager
async def event_source(
    client: ClientSession, url: str, last_id: str = "", headers: Mapping[str, str] | None = None
) -> AsyncIterator[EventSource]:
    given = {**({"Last-Event-ID": last_id} if last_id else {}), **(headers or {})}
    async with client.get(url, headers=given) as answer:
        assert answer.status == 200, await answer.text()
        assert answer.headers["Content-Type"] == "text/event-stream"
        yield EventSource(answer)
