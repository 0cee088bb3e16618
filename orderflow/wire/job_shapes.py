"""The JSON that a bulk request is answered with, and its job's resource."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict  # pydantic reads typing's only from Python 3.12 on

from orderflow.domain.lifecycle import State
from orderflow.wire.item_status import ItemStatus
from orderflow.wire.shapes import Problem


class ItemLinks(TypedDict):
    """The item's order and command; none for an item that was not valid."""

    order: NotRequired[str]
    command: NotRequired[str]


class ItemResult(TypedDict):
    """What became of one item; `version` and `state` are its order's afterwards."""

    index: int
    order_id: str | None
    command_id: str | None
    status: ItemStatus
    version: int | None
    state: State | None
    error: Problem | None
    links: ItemLinks


class Counts(TypedDict):
    """How many items have each status."""

    applied: int
    unchanged: int
    rejected: int
    pending: int
    not_sent: int
    unknown: int


class JobLinks(TypedDict):
    """The job's own resource."""

    self: str


class Job(TypedDict):
    """A bulk request; `interrupted` means that it can be sent again with its key, and goes on where it stopped."""

    job_id: str
    status: Literal["running", "done", "interrupted"]
    counts: Counts
    results: list[ItemResult]
    links: JobLinks
