"""What is noted of a part of a batch while it is worked on: little, for spans are made of it afterwards."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from opentelemetry.trace import SpanContext

from orderflow.processing.instruments import Step
from orderflow.tracing.otel import contexts
from orderflow.wire.commands import traceparent_of
from orderflow.wire.records import Record

MOST = 128
"""So many attempts and happenings are remembered of a part, the last ones: a server may be away for days."""
_ODD = frozenset(b"13579bdf")
"""The last digits of the flags of a context that is sampled."""


class Attempt(NamedTuple):
    """One at a step; times are nanoseconds since 1970."""

    step: Step
    begun: int
    ended: int
    failure: Exception | None


@dataclass(slots=True, eq=False, kw_only=True)
class PartNotes:
    """Times are nanoseconds since 1970; `sampled` are the commands whose traces are recorded."""

    first: Record
    size: int
    sampled: Sequence[tuple[Record, SpanContext]]
    begun: int
    ended: int = 0
    changes: int = 0
    attempts: deque[Attempt] = field(default_factory=partial(deque, maxlen=MOST))
    happened: deque[tuple[str, int]] = field(default_factory=partial(deque, maxlen=MOST))


def notes_of(records: Sequence[Record], now: int) -> PartNotes | None:
    """None where all commands are in traces that nobody records.

    Most commands are, and cost no more than a look at the last digit of their flags.
    """
    traced = [(record, value) for record in records for name, value in record.headers if name == contexts.TRACEPARENT]
    flagged = [record for record, value in traced if value and value[-1] in _ODD]
    sampled = [(record, context) for record in flagged if (context := contexts.read(traceparent_of(record)))]
    if not sampled and len(traced) >= len(records):
        return None
    return PartNotes(first=records[0], size=len(records), sampled=sampled, begun=now)
