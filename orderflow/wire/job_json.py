"""A job as HTTP shows it: what the request knew of each item, and the outcomes that were found since."""

from collections.abc import Mapping
from typing import Literal

from orderflow.domain.outcome import Outcome
from orderflow.wire.item_status import ItemStatus
from orderflow.wire.job_shapes import Counts, ItemLinks, ItemResult
from orderflow.wire.job_shapes import Job as JobShape
from orderflow.wire.jobs import Job, JobItem, Name, Progress
from orderflow.wire.outcomes import problem_json
from orderflow.wire.representations import command_link


def job_link(job_id: str) -> str:
    return f"/jobs/{job_id}"


def job_json(job: Job, outcomes: Mapping[Name, Outcome], *, alive: bool) -> JobShape:
    """`alive`: somebody is at work on it, where it says that it is running."""
    running = job.progress is Progress.RUNNING
    still = (ItemStatus.PENDING if alive else ItemStatus.UNKNOWN) if running else None
    results = [_result(index, item, outcomes, still) for index, item in enumerate(job.items)]
    statuses = [result["status"] for result in results]
    return {
        "job_id": job.job_id,
        "status": _status(statuses, stopped=job.progress is Progress.STOPPED or (running and not alive)),
        "counts": _counts(statuses),
        "results": results,
        "links": {"self": job_link(job.job_id)},
    }


def _result(index: int, item: JobItem, outcomes: Mapping[Name, Outcome], still: ItemStatus | None) -> ItemResult:
    """`still` is what an item without an outcome is while its job runs."""
    outcome = outcomes.get(item.name) if item.name else None
    problem = outcome.error if outcome else item.problem
    waiting = still if still and item.status is not ItemStatus.REJECTED else item.status
    return {
        "index": index,
        "order_id": item.name[0] if item.name else None,
        "command_id": item.name[1] if item.name else None,
        "status": ItemStatus(outcome.status) if outcome else waiting,
        "version": outcome.version if outcome else None,
        "state": outcome.state if outcome else None,
        "error": problem_json(problem) if problem else None,
        "links": _links(item.name),
    }


def _links(name: Name | None) -> ItemLinks:
    return {"order": f"/orders/{name[0]}", "command": command_link(*name)} if name else {}


def _status(statuses: list[ItemStatus], *, stopped: bool) -> Literal["running", "done", "interrupted"]:
    if stopped and (ItemStatus.NOT_SENT in statuses or ItemStatus.UNKNOWN in statuses):
        return "interrupted"
    return "running" if ItemStatus.PENDING in statuses else "done"


def _counts(statuses: list[ItemStatus]) -> Counts:
    return {
        "applied": statuses.count(ItemStatus.APPLIED),
        "unchanged": statuses.count(ItemStatus.UNCHANGED),
        "rejected": statuses.count(ItemStatus.REJECTED),
        "pending": statuses.count(ItemStatus.PENDING),
        "not_sent": statuses.count(ItemStatus.NOT_SENT),
        "unknown": statuses.count(ItemStatus.UNKNOWN),
    }
