"""The client: writes that wait for their outcome, reads, and lists that turn their own pages."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Any, Self, cast

from orderflow.client.errors import NotFoundError, OutcomePendingError
from orderflow.client.exchange import Answer, Exchange, Request, Token
from orderflow.client.writes import Sent, Writes, order_path
from orderflow.domain.lifecycle import State
from orderflow.wire.shapes import History, Order, Outcome, PendingCommand

_ACCEPTED = 202
_PENDING = "pending"


class OrderflowClient(Writes[Order]):
    """An async context manager; one session for any number of calls at once.

    A write returns the order once its outcome is known; `without_waiting` has the same writes, done once Kafka has the
    command. A call takes at most `timeout` seconds, with its retries and waiting: then a command without an outcome
    is an OutcomePendingError, and what kept failing is raised as it is. `token` may be a coroutine function that gives
    one that is still valid.
    """

    def __init__(
        self, base_url: str, *, api_key: str | None = None, token: Token | None = None, timeout: float = 60.0
    ) -> None:
        self._exchange = Exchange(base_url, api_key=api_key, token=token)
        self._timeout = timeout

    async def __aenter__(self) -> Self:
        await self._exchange.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._exchange.stop()

    @cached_property
    def without_waiting(self) -> Writes[Sent]:
        """The writes, each done as soon as Kafka has its command."""
        return _WithoutWaiting(self)

    async def get(self, order_id: str) -> Order:
        return cast("Order", (await self._ask(order_path(order_id))).body)

    async def history(self, order_id: str) -> History:
        return cast("History", (await self._ask(f"{order_path(order_id)}/history")).body)

    async def list(
        self,
        *,
        client_id: str | None = None,
        state: Collection[State | str] = (),
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        external_ref: str | None = None,
        sort: str | None = None,
        page_size: int | None = None,
    ) -> AsyncIterator[Order]:
        """Every order of the list, newest first unless `sort` says otherwise; pages are fetched as they are needed."""
        query: dict[str, Any] = {"client_id": client_id, "external_ref": external_ref, "sort": sort, "limit": page_size}
        query |= {"created_after": _instant(created_after), "created_before": _instant(created_before)}
        asked = [(name, str(value)) for name, value in query.items() if value is not None]
        asked += [("state", str(each)) for each in state]
        cursor = None
        while True:
            page = (await self._ask("/orders", *asked, *([("cursor", cursor)] if cursor else []))).body
            for order in page["orders"]:
                yield order
            if not (cursor := page["next_cursor"]):
                return

    async def command(self, order_id: str, command_id: str) -> Outcome | PendingCommand:
        """What became of a command; a rejection is an outcome like any other."""
        return cast("Outcome | PendingCommand", (await self._ask(_command_path(order_id, command_id))).body)

    async def wait_for(self, order_id: str, command_id: str) -> Outcome:
        """The command's outcome, as soon as there is one. Raises OutcomePendingError when the time is over."""
        return await self._settled(order_id, command_id, self._deadline())

    async def _write(self, request: Request) -> Order:
        deadline = self._deadline(request)
        while (answer := await self._exchange.send(replace(request, waits=True), deadline)).status == _ACCEPTED:
            # Of one that nobody has heard of any more nothing is lost: sent again under its key it is the same command.
            with suppress(NotFoundError):
                pending = answer.body
                await self._settled(pending["order_id"], pending["command_id"], deadline, answer.retry_after)
        return cast("Order", answer.body)

    async def _settled(self, order_id: str, command_id: str, deadline: float, pause: float = 0.0) -> Outcome:
        question = Request(method="GET", path=_command_path(order_id, command_id))
        while True:
            if asyncio.get_running_loop().time() + pause >= deadline:
                raise OutcomePendingError(order_id, command_id)
            await asyncio.sleep(pause)
            answer = await self._exchange.send(question, deadline)
            if answer.body["status"] != _PENDING:
                return cast("Outcome", answer.body)
            pause = answer.retry_after

    async def _ask(self, path: str, *query: tuple[str, str]) -> Answer:
        return await self._exchange.send(Request(method="GET", path=path, query=query), self._deadline())

    def _deadline(self, request: Request | None = None) -> float:
        seconds = request.seconds if request and request.seconds is not None else self._timeout
        return asyncio.get_running_loop().time() + seconds


class _WithoutWaiting(Writes[Sent]):
    def __init__(self, client: OrderflowClient) -> None:
        self._client = client

    async def _write(self, request: Request) -> Sent:
        client = self._client
        headers = {**request.headers, "Prefer": "respond-async"}
        body = (await client._exchange.send(replace(request, headers=headers), client._deadline(request))).body  # noqa: SLF001
        return Sent(order_id=body["order_id"], command_id=body.get("command_id"))


def _command_path(order_id: str, command_id: str) -> str:
    return f"{order_path(order_id)}/commands/{command_id}"


def _instant(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
