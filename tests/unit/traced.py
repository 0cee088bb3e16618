"""Traces whose spans stay in memory."""

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from orderflow.tracing.otel.tracing import OtelTracing

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
SAMPLED = f"00-{TRACE_ID}-00f067aa0ba902b7-01"
UNSAMPLED = f"00-{TRACE_ID}-00f067aa0ba902b7-00"


class Traced:
    """A role's tracing, and the spans that have ended."""

    def __init__(self, role: str = "web") -> None:
        self._exporter = InMemorySpanExporter()
        self.tracing = OtelTracing(role, SimpleSpanProcessor(self._exporter))

    @property
    def spans(self) -> list[ReadableSpan]:
        self.tracing.tell()
        return self.made

    @property
    def made(self) -> list[ReadableSpan]:
        """Those that nobody had to ask for."""
        return list(self._exporter.get_finished_spans())

    @property
    def names(self) -> list[str]:
        return [span.name for span in self.spans]

    def span(self, name: str) -> ReadableSpan:
        [found] = [span for span in self.spans if span.name == name]
        return found

    @property
    def trace_ids(self) -> set[str]:
        return {f"{span.context.trace_id:032x}" for span in self.spans}
