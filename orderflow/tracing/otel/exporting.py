"""Spans to the collector, in a thread of their own; one that is away is told of once."""

import logging
from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

log = logging.getLogger(__name__)


class SparingExporter(SpanExporter):
    """Says once when spans begin to get lost, and once when they arrive again. The inner one's words are left out."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner
        self._lost = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._inner.export(spans)
        lost = result is not SpanExportResult.SUCCESS
        if lost != self._lost:
            self._lost = lost
            (log.warning if lost else log.info)(
                "traces get lost: the collector does not take them" if lost else "traces arrive again"
            )
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)
