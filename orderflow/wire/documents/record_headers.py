"""The headers of the records of each topic, as text."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict  # pydantic reads typing's only from Python 3.12 on

from orderflow.domain.events import EventType
from orderflow.wire.commands import Stage

CommandHeaders = TypedDict("CommandHeaders", {"traceparent": NotRequired[str], "x-dlq-replays": NotRequired[str]})
"""None is needed, others are passed over. `x-dlq-replays` counts how often an operator put the record back."""


EventHeaders = TypedDict(
    "EventHeaders",
    {
        "ce_specversion": Literal["1.0"],
        "ce_id": str,
        "ce_type": EventType,
        "ce_source": str,
        "ce_subject": str,
        "ce_time": str,
        "ce_sequence": str,
        "ce_causationid": str,
        "content-type": Literal["application/json"],
        "traceparent": NotRequired[str],
    },
)
"""CloudEvents 1.0, Kafka's binary mode. `ce_sequence` is the order's version, `ce_causationid` the command's id."""


class OutcomeHeaders(TypedDict):
    """`ce_causationid` is the command's id; `cache` tells that Redis was not refreshed."""

    ce_causationid: str
    cache: NotRequired[Literal["skipped"]]


DeadLetterHeaders = TypedDict(
    "DeadLetterHeaders",
    {
        "x-dlq-topic": str,
        "x-dlq-partition": str,
        "x-dlq-offset": str,
        "x-dlq-timestamp": str,
        "x-dlq-group": str,
        "x-dlq-stage": Stage,
        "x-dlq-error-class": str,
        "x-dlq-error-message": str,
        "x-dlq-at": str,
        "x-dlq-replays": str,
    },
)
"""Beside the record's own headers: where it stood, at which stage it failed and why, how often it was put back."""
