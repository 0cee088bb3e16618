"""The job of a bulk request: whose it is, what became of each item as far as the request itself found out, as bytes."""

import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from orderflow.domain.outcome import Outcome
from orderflow.domain.problems import Problem
from orderflow.wire.item_status import ItemStatus
from orderflow.wire.json import dumps
from orderflow.wire.outcomes import problem_from, problem_json

Name = tuple[str, str]
"""An order id and a command id."""


class Progress(StrEnum):
    """Whether commands are still being sent, all were that should be, or something kept them from being sent."""

    RUNNING = "running"
    ENDED = "ended"
    STOPPED = "stopped"


@dataclass(slots=True, kw_only=True)
class JobItem:
    """Without a name for an item that was refused; its fingerprint then is of what stood there, else of its command.

    `problem`: why it is rejected, where no outcome will tell.
    """

    fingerprint: str
    name: Name | None = None
    status: ItemStatus = ItemStatus.NOT_SENT
    problem: Problem | None = None

    def reject(self, problem: Problem) -> None:
        self.status, self.problem = ItemStatus.REJECTED, problem

    def hear(self, outcome: Outcome) -> bool:
        """Takes note of what nobody else will remember of its command; False where that is nothing."""
        if outcome.is_own or not outcome.error:
            return False
        self.reject(outcome.error)
        return True


@dataclass(slots=True, kw_only=True, eq=False)
class Job:
    """`owner` is a principal's name and the client it is bound to; `digest` is equal for equal requests."""

    job_id: str
    owner: tuple[str, str | None]
    digest: str
    items: list[JobItem]
    progress: Progress = Progress.RUNNING

    @property
    def is_unsent(self) -> bool:
        """Whether something kept all of it from being sent."""
        return self.progress is Progress.STOPPED and not self._has(ItemStatus.PENDING, ItemStatus.UNKNOWN)

    @property
    def is_in_doubt(self) -> bool:
        """Whether what was sent may have reached nobody."""
        return self.progress is Progress.STOPPED and not self._has(ItemStatus.PENDING) and not self.is_unsent

    def _has(self, *statuses: ItemStatus) -> bool:
        return any(item.status in statuses for item in self.items)


def encode_job(job: Job) -> bytes:
    items = [
        [item.name, item.fingerprint, item.status, problem_json(item.problem) if item.problem else None]
        for item in job.items
    ]
    said = {"job_id": job.job_id, "owner": job.owner, "digest": job.digest, "progress": job.progress, "items": items}
    return zlib.compress(dumps(said), level=1)


def decode_job(value: bytes) -> Job:
    said: dict[str, Any] = orjson.loads(zlib.decompress(value))
    name, client_id = said["owner"]
    return Job(
        job_id=said["job_id"],
        owner=(name, client_id),
        digest=said["digest"],
        progress=Progress(said["progress"]),
        items=[_item(*item) for item in said["items"]],
    )


def _item(name: list[str] | None, fingerprint: str, status: str, problem: dict[str, Any] | None) -> JobItem:
    return JobItem(
        name=(name[0], name[1]) if name else None,
        fingerprint=fingerprint,
        status=ItemStatus(status),
        problem=problem_from(problem) if problem else None,
    )
