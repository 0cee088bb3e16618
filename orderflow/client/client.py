"""The client: writes that wait for their outcomes, and all that can be read."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import Any, Self, cast

from orderflow.client.errors import JobUnfinishedError, NotFoundError, OrderflowError, OutcomePendingError
from orderflow.client.exchange import Exchange, Request, Token
from orderflow.client.reads import Reads, command_path, job_path
from orderflow.client.writes import Sent, Writes
from orderflow.wire.job_shapes import Job
from orderflow.wire.shapes import Order, Outcome

_ACCEPTED = 202
_UNDER_WAY = ("pending", "running")


class OrderflowClient(Reads, Writes[Order]):
    """An async context manager; one session for any number of calls at once.

    A write returns the order once its outcome is known; `without_waiting` has the same writes, done once Kafka has the
    command. A call takes at most `timeout` seconds, with its retries and waiting: then a command without an outcome
    is an OutcomePendingError, and what kept failing is raised as it is. `token` may be a coroutine function that gives
    one that is still valid.
    """

    def __init__(
        self, base_url: str, *, api_key: str | None = None, token: Token | None = None, timeout: float = 60.0
    ) -> None:
        super().__init__(Exchange(base_url, api_key=api_key, token=token), timeout)

    async def __aenter__(self) -> Self:
        await self._exchange.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._exchange.stop()

    @cached_property
    def without_waiting(self) -> Writes[Sent]:
        """The writes, each done as soon as Kafka has its command; those of many may go on by themselves."""
        return _WithoutWaiting(self)

    async def wait_for(self, order_id: str, command_id: str) -> Outcome:
        """The command's outcome, as soon as there is one. Raises OutcomePendingError when the time is over."""
        return await self._outcome(order_id, command_id, self._deadline())

    async def wait_for_job(self, job_id: str) -> Job:
        """The bulk request's job once it is not running. Raises JobUnfinishedError when the time is over."""
        return await self._ended(job_id, self._deadline())

    async def _write(self, request: Request) -> Order:
        deadline = self._deadline(request)
        while (answer := await self._exchange.send(replace(request, waits=True), deadline)).status == _ACCEPTED:
            # Of one that nobody has heard of any more nothing is lost: sent again under its key it is the same command.
            with suppress(NotFoundError):
                pending = answer.body
                await self._outcome(pending["order_id"], pending["command_id"], deadline, answer.retry_after)
        return cast("Order", answer.body)

    async def _write_many(self, request: Request) -> Job:
        """Sent again under its key a job that was interrupted, or forgotten, goes on where it stopped."""
        deadline = self._deadline(request)
        while True:
            answer = await self._exchange.send(replace(request, waits=True), deadline)
            job = cast("Job", answer.body)
            if job["status"] == "running":
                with suppress(NotFoundError):
                    job = await self._ended(job["job_id"], deadline, answer.retry_after)
            if job["status"] == "done":
                return job
            await _rest(answer.retry_after, deadline, JobUnfinishedError(job["job_id"]))

    async def _outcome(self, order_id: str, command_id: str, deadline: float, pause: float = 0.0) -> Outcome:
        overdue = OutcomePendingError(order_id, command_id)
        return cast("Outcome", await self._settled(command_path(order_id, command_id), deadline, pause, overdue))

    async def _ended(self, job_id: str, deadline: float, pause: float = 0.0) -> Job:
        return cast("Job", await self._settled(job_path(job_id), deadline, pause, JobUnfinishedError(job_id)))

    async def _settled(self, path: str, deadline: float, pause: float, overdue: OrderflowError) -> Any:  # noqa: ANN401 - JSON
        """What is there once it is not under way any more."""
        while True:
            await _rest(pause, deadline, overdue)
            answer = await self._exchange.send(Request(method="GET", path=path), deadline)
            if answer.body["status"] not in _UNDER_WAY:
                return answer.body
            pause = answer.retry_after


class _WithoutWaiting(Writes[Sent]):
    def __init__(self, client: OrderflowClient) -> None:
        self._client = client

    async def _write(self, request: Request) -> Sent:
        body = await self._send(request)
        return Sent(order_id=body["order_id"], command_id=body.get("command_id"))

    async def _write_many(self, request: Request) -> Job:
        return cast("Job", await self._send(request))

    async def _send(self, request: Request) -> Any:  # noqa: ANN401 - JSON
        client = self._client
        headers = {**request.headers, "Prefer": "respond-async"}
        return (await client._exchange.send(replace(request, headers=headers), client._deadline(request))).body  # noqa: SLF001


async def _rest(pause: float, deadline: float, overdue: OrderflowError) -> None:
    if asyncio.get_running_loop().time() + pause >= deadline:
        raise overdue
    await asyncio.sleep(pause)
