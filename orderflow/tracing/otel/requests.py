"""The span of a request."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, format_trace_id
from structlog.contextvars import bound_contextvars

from orderflow.tracing.otel import contexts
from orderflow.wire.methods import METHODS

_FAILED = 500
_OTHER = "_OTHER"
"""What OpenTelemetry calls a method that a client made up."""


@dataclass(frozen=True, slots=True)
class OtelRequestTrace:
    """A RequestTrace."""

    span: Span

    @property
    def traceresponse(self) -> str:
        return contexts.written(self.span.get_span_context())

    def answered(self, status: int) -> None:
        self.span.set_attribute("http.response.status_code", status)
        if status >= _FAILED:
            self.span.set_status(StatusCode.ERROR)


@dataclass(frozen=True, slots=True)
class OtelRequestTraces:
    """RequestTraces. The query is left out: who knows what clients write there."""

    tracer: Tracer

    @contextmanager
    def request(self, method: str, route: str, path: str, traceparent: str | None) -> Iterator[OtelRequestTrace]:
        method = method if method in METHODS else _OTHER
        with (
            self.tracer.start_as_current_span(
                f"{method} {route}",
                context=contexts.within(contexts.read(traceparent)),
                kind=SpanKind.SERVER,
                attributes={"http.request.method": method, "http.route": route, "url.path": path},
            ) as span,
            bound_contextvars(trace_id=format_trace_id(span.get_span_context().trace_id)),
        ):
            yield OtelRequestTrace(span)
