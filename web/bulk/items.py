"""A bulk request's items as commands, each under an id of its own, and the job that they make up."""

import asyncio
import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import assert_never

from aiohttp.web import Request

from orderflow.domain.commands import Command
from orderflow.domain.limits import MAX_RECORD_BYTES
from orderflow.domain.problems import Problem
from orderflow.wire.access_problems import forbidden_client
from orderflow.wire.bodies import CreateOrderBody, command_of
from orderflow.wire.bulk_bodies import Bulk, BulkChange
from orderflow.wire.commands import encode_command, whole_problem
from orderflow.wire.fingerprint import fingerprint_of
from orderflow.wire.item_status import ItemStatus
from orderflow.wire.jobs import Job, JobItem, Name
from orderflow.wire.problems import too_large
from web.access.principals import principal_of
from web.commands.identity import Key
from web.facade import facade_of

_AT_ONCE = 10
"""Items that are read before others get their turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A command that can be sent, and its item, in which is noted what becomes of it."""

    command: Command
    value: bytes
    item: JobItem

    @property
    def name(self) -> Name:
        return self.command.order_id, self.command.command_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A job, and for each of its items in order what is to be sent; None for one that is refused."""

    job: Job
    sendings: list[Sending | None]

    def open(self, heard: Collection[Name]) -> list[Sending]:
        """What is to be sent, but for the commands that have been heard of."""
        return [sending for sending in self.sendings if sending and sending.name not in heard]


async def work_of(request: Request, bulk: Bulk, key: Key, route: str) -> Work:
    """Ids come from the key and an item's place, so that the request can be repeated."""
    items: list[JobItem] = []
    sendings: list[Sending | None] = []
    for index in range(len(bulk.items)):
        if index % _AT_ONCE == 0:
            await asyncio.sleep(0)
        command = _command(request, bulk, index, key.ids(request.method, route, str(index)))
        sending = _sending(bulk, index, command)
        items.append(sending.item if isinstance(sending, Sending) else _refused(sending, bulk.encoded(index)))
        sendings.append(sending if isinstance(sending, Sending) else None)
    principal = principal_of(request)
    job = Job(
        job_id=key.job_id(request.method, route),
        owner=(principal.name, principal.client_id),
        digest=_digest(items, stop_on_error=bulk.stop_on_error),
        items=items,
    )
    return Work(job=job, sendings=sendings)


def _command(request: Request, bulk: Bulk, index: int, ids: Name) -> Command | Problem:
    body, principal, now = bulk.item(index), principal_of(request), facade_of(request).clock()
    (order_id, command_id), client_id = ids, principal.client_id
    match body:
        case Problem():
            return body
        case CreateOrderBody():
            if client_id is not None and not principal.owns(body.client_id):
                return forbidden_client(client_id)
            return command_of(body, order_id=order_id, command_id=command_id, issued_at=now)
        case BulkChange():
            asked, order_id = body.change, body.order_id
            return command_of(asked, order_id=order_id, command_id=command_id, issued_at=now, client_id=client_id)
        case _:
            assert_never(body)


def _sending(bulk: Bulk, index: int, command: Command | Problem) -> Sending | Problem:
    if isinstance(command, Problem):
        return command
    problem, value = whole_problem(command), encode_command(command)
    if problem:
        return bulk.placed(problem, index)
    if len(value) > MAX_RECORD_BYTES:
        return too_large(MAX_RECORD_BYTES)
    name = command.order_id, command.command_id
    return Sending(command=command, value=value, item=JobItem(name=name, fingerprint=fingerprint_of(command)))


def _refused(problem: Problem, said: bytes) -> JobItem:
    return JobItem(fingerprint=hashlib.sha256(said).hexdigest(), status=ItemStatus.REJECTED, problem=problem)


def _digest(items: Iterable[JobItem], *, stop_on_error: bool) -> str:
    said = [str(stop_on_error), *(item.fingerprint for item in items)]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()
