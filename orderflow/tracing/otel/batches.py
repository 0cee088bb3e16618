"""The spans of a worker, on the hook that also counts."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from opentelemetry.trace import SpanKind, Tracer, format_trace_id, get_current_span, use_span
from structlog.contextvars import bound_contextvars

from orderflow.processing.batch import Folded
from orderflow.processing.encoding import ReadRecord
from orderflow.processing.instruments import Done, Instruments, Step
from orderflow.tracing.otel import parts
from orderflow.wire.records import Record

_MONGODB, _REDIS, _KAFKA = {"db.system.name": "mongodb"}, {"db.system.name": "redis"}, {"messaging.system": "kafka"}
_SERVERS: Mapping[Step, tuple[SpanKind, Mapping[str, str]]] = {
    Step.LOAD: (SpanKind.CLIENT, _MONGODB),
    Step.SAVE: (SpanKind.CLIENT, _MONGODB),
    Step.REFRESH: (SpanKind.CLIENT, _REDIS),
    Step.ANNOUNCE: (SpanKind.PRODUCER, _KAFKA),
    Step.REPORT: (SpanKind.PRODUCER, _KAFKA),
}
"""Whom a step talks to; the others stay within the process."""


@dataclass(frozen=True, slots=True)
class TracedInstruments:
    """Instruments. What is not recorded costs a look at each record's headers and at the span of each step."""

    tracer: Tracer
    inner: Instruments

    @contextmanager
    def taken(self, records: Sequence[Record]) -> Iterator[Done]:
        with self.inner.taken(records) as inner_done:
            part = parts.begin(self.tracer, records)
            if part is None:
                yield inner_done
                return

            def done() -> None:
                inner_done()
                part.end()

            trace_id = format_trace_id(part.span.get_span_context().trace_id)
            with use_span(part.span), bound_contextvars(trace_id=trace_id):
                yield done

    def timed(self, step: Step) -> AbstractContextManager[object]:
        return self._traced(step) if get_current_span().is_recording() else self.inner.timed(step)

    def persisted(self, batch: Sequence[ReadRecord], folded: Folded) -> None:
        self.inner.persisted(batch, folded)
        span = get_current_span()
        if span.is_recording():
            span.set_attribute("orderflow.changes", len(folded.events))

    def buried(self, command_type: str | None) -> None:
        self.inner.buried(command_type)
        get_current_span().add_event("a bug sets a record aside")

    def conflicted(self) -> None:
        self.inner.conflicted()
        get_current_span().add_event("conflict")

    def refresh_skipped(self) -> None:
        self.inner.refresh_skipped()
        get_current_span().add_event("the cache was skipped")

    @contextmanager
    def _traced(self, step: Step) -> Iterator[None]:
        kind, attributes = _SERVERS.get(step, (SpanKind.INTERNAL, {}))
        with self.tracer.start_as_current_span(step, kind=kind, attributes=attributes), self.inner.timed(step):
            yield
