"""The JSON that operators are sent about a running deployment."""

from collections.abc import Sequence
from typing import Literal

from typing_extensions import TypedDict  # pydantic reads typing's only from Python 3.12 on

from orderflow.wire.pulse import Pulse
from orderflow.wire.shapes import Checks


class PartitionLag(TypedDict):
    """How many records of a partition a group has not done, and what the member that reads it is called."""

    group: str
    topic: str
    partition: int
    lag: int
    member: str | None


class Unknown(TypedDict):
    """A part that could not be learned now, and why."""

    what: Literal["workers", "lag"]
    why: str


class Status(TypedDict):
    """Who works, and what waits; `workers` are the instances of every role that told of themselves within 10 s."""

    workers: Sequence[Pulse]
    lag: Sequence[PartitionLag]
    dependencies: Checks
    missing: Sequence[Unknown]
