"""The spans of a part of a batch: its own, one for each attempt at a server, one in the trace of each command."""

from collections.abc import Mapping, Sequence

from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, StatusCode, Tracer, set_span_in_context

from orderflow.processing.instruments import Step
from orderflow.tracing.otel import contexts
from orderflow.tracing.otel.notes import Attempt, PartNotes
from orderflow.wire.records import Record, Topic

_KEY_BYTES = 256
"""More of a record's key is no order's id, and may be as long as a record."""
_NAME = f"process {Topic.COMMANDS}"
SERVERS: Mapping[Step, tuple[str, SpanKind]] = {
    Step.LOAD: ("mongodb load", SpanKind.CLIENT),
    Step.SAVE: ("mongodb save", SpanKind.CLIENT),
    Step.REFRESH: ("redis refresh", SpanKind.CLIENT),
    Step.ANNOUNCE: ("kafka announce", SpanKind.PRODUCER),
    Step.REPORT: ("kafka report", SpanKind.PRODUCER),
}
"""The steps that talk to a server, as spans. Metrics tell how long the others take."""


def tell(notes: PartNotes, tracer: Tracer) -> None:
    """A part goes on with the trace of its first sampled command, and links to those of all.

    What was done for the others took as long as the whole, and shows in their traces, too.
    """
    parent, links = (notes.sampled[0][1] if notes.sampled else None), [Link(context) for _, context in notes.sampled]
    alone = notes.size == 1
    whole = _processed(tracer, notes, parent, links, _place(notes.first) if alone else _size(notes))
    if not whole.is_recording():
        return
    whole.set_attribute("orderflow.changes", notes.changes)
    for event, moment in notes.happened:
        whole.add_event(event, timestamp=moment)
    within = set_span_in_context(whole, Context())
    for attempt in notes.attempts:
        _attempted(tracer, within, attempt)
    links = [Link(whole.get_span_context())]
    for record, context in notes.sampled[1:]:
        _processed(tracer, notes, context, links, _place(record)).end(notes.ended)
    whole.end(notes.ended)


def _processed(
    tracer: Tracer,
    notes: PartNotes,
    parent: SpanContext | None,
    links: Sequence[Link],
    attributes: Mapping[str, str | int],
) -> Span:
    return tracer.start_span(
        _NAME,
        context=contexts.within(parent),
        kind=SpanKind.CONSUMER,
        links=links,
        start_time=notes.begun,
        attributes=attributes,
    )


def _attempted(tracer: Tracer, within: Context, attempt: Attempt) -> None:
    name, kind = SERVERS[attempt.step]
    span = tracer.start_span(name, context=within, kind=kind, start_time=attempt.begun)
    if attempt.failure:
        span.record_exception(attempt.failure, timestamp=attempt.ended)
        span.set_status(StatusCode.ERROR)
    span.end(attempt.ended)


def _size(notes: PartNotes) -> Mapping[str, str | int]:
    return {"messaging.system": "kafka", "messaging.batch.message_count": notes.size}


def _place(record: Record) -> Mapping[str, str | int]:
    return {
        "messaging.system": "kafka",
        "messaging.destination.partition.id": str(record.partition),
        "messaging.kafka.offset": record.offset,
        "messaging.kafka.message.key": (record.key or b"")[:_KEY_BYTES].decode(errors="backslashreplace"),
    }
