"""The trace of a part of a batch: one span of its own, and one in the trace of each command that is sampled."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, Tracer, format_trace_id, set_span_in_context

from orderflow.tracing.otel import contexts
from orderflow.tracing.otel.attempts import Attempt
from orderflow.wire.commands import traceparent_of
from orderflow.wire.records import Record, Topic

_NAME = f"process {Topic.COMMANDS}"
_ODD = frozenset(b"13579bdf")
"""The last digits of the flags of a context that is sampled."""

Sampled = Sequence[tuple[Record, SpanContext]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTrace:
    """Goes on with the trace of the first command that is sampled, and links to those of the others."""

    tracer: Tracer
    span: Span
    begun: int
    others: Sampled
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def trace_id(self) -> str:
        return format_trace_id(self.span.get_span_context().trace_id)

    def end(self) -> None:
        """What was done for the other commands took as long as the whole, and shows in their traces, too."""
        within = set_span_in_context(self.span, Context())
        for attempt in self.attempts:
            attempt.tell(self.tracer, within)
        whole = Link(self.span.get_span_context())
        for record, context in self.others:
            self.tracer.start_span(
                _NAME,
                context=contexts.within(context),
                kind=SpanKind.CONSUMER,
                links=[whole],
                start_time=self.begun,
                attributes=_place(record),
            ).end()
        self.span.end()


def begin(tracer: Tracer, records: Sequence[Record]) -> PartTrace | None:
    """None where nothing is recorded: no command is sampled, or the sampler passes over those that bring no trace."""
    sampled = [(record, context) for record in records if (context := _sampled(record))]
    if not sampled and all(map(_has_trace, records)):
        return None
    begun = time.time_ns()
    span = tracer.start_span(
        _NAME,
        context=contexts.within(sampled[0][1] if sampled else None),
        kind=SpanKind.CONSUMER,
        links=[Link(context) for _, context in sampled],
        start_time=begun,
        attributes=_place(records[0]) if len(records) == 1 else _size(records),
    )
    return PartTrace(tracer=tracer, span=span, begun=begun, others=sampled[1:]) if span.is_recording() else None


def _sampled(record: Record) -> SpanContext | None:
    """Most commands are not, and cost no more than a look at the last digit of their flags."""
    for name, value in record.headers:
        if name == contexts.TRACEPARENT and value and value[-1] in _ODD:
            context = contexts.read(traceparent_of(record))
            return context if context and context.trace_flags.sampled else None
    return None


def _has_trace(record: Record) -> bool:
    return any(name == contexts.TRACEPARENT for name, _ in record.headers)


def _size(records: Sequence[Record]) -> Mapping[str, str | int]:
    return {**_kafka(records[0]), "messaging.batch.message_count": len(records)}


def _place(record: Record) -> Mapping[str, str | int]:
    key = (record.key or b"").decode(errors="backslashreplace")
    return {
        **_kafka(record),
        "messaging.destination.partition.id": str(record.partition),
        "messaging.kafka.offset": record.offset,
        "messaging.kafka.message.key": key,
    }


def _kafka(record: Record) -> Mapping[str, str]:
    return {"messaging.system": "kafka", "messaging.destination.name": record.topic}
