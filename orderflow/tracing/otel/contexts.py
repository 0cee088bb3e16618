"""Trace contexts as headers carry them (W3C Trace Context)."""

import re

from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, format_span_id, format_trace_id
from opentelemetry.trace.propagation import set_span_in_context

TRACEPARENT = "traceparent"
_VERSION_0 = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")


def read(traceparent: str | None) -> SpanContext | None:
    """None for what is no context of version 0, the only one there is."""
    found = _VERSION_0.fullmatch(traceparent or "")
    if found is None:
        return None
    trace_id, span_id, flags = (int(part, 16) for part in found.groups())
    context = SpanContext(trace_id=trace_id, span_id=span_id, is_remote=True, trace_flags=TraceFlags(flags))
    return context if context.is_valid else None


def written(context: SpanContext) -> str:
    trace_id, span_id = format_trace_id(context.trace_id), format_span_id(context.span_id)
    return f"00-{trace_id}-{span_id}-{context.trace_flags:02x}"


def within(parent: SpanContext | None) -> Context:
    """Where a span goes on with its parent's trace; without one it begins a trace."""
    return set_span_in_context(NonRecordingSpan(parent), Context()) if parent else Context()
