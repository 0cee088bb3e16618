"""A role's traces by OpenTelemetry's SDK, which reads sampler, limits and batching from its own variables."""

import asyncio
import threading
from importlib.metadata import version

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from orderflow.ports import CommandLog
from orderflow.processing.instruments import Instruments
from orderflow.tracing.otel.batches import TracedInstruments
from orderflow.tracing.otel.commands import TracedCommands
from orderflow.tracing.otel.exporting import SparingExporter
from orderflow.tracing.otel.requests import OtelRequestTraces

FLUSH_SECONDS = 2.0
"""How long a role that ends waits for a collector to take its last spans."""
_UNNAMED = "unknown_service"


class OtelTracing:
    """Tracing whose spans go to `processor`."""

    def __init__(self, role: str, processor: SpanProcessor) -> None:
        self._provider = TracerProvider(resource=_resource(role), shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("orderflow", version("orderflow"))
        self.requests = OtelRequestTraces(self._tracer)
        self._worked: list[TracedInstruments] = []

    def commands(self, log: CommandLog) -> CommandLog:
        return TracedCommands(self._tracer, log)

    def instruments(self, instruments: Instruments) -> Instruments:
        traced = TracedInstruments(self._tracer, instruments)
        self._worked.append(traced)
        return traced

    def tell(self) -> None:
        """Make the spans now that are still to be made."""
        for traced in self._worked:
            traced.tell()

    async def close(self) -> None:
        """A thread that does not come to an end dies with the process."""
        self.tell()
        closing = threading.Thread(target=self._provider.shutdown, daemon=True)
        closing.start()
        await asyncio.to_thread(closing.join, FLUSH_SECONDS)


def open_otel(role: str) -> OtelTracing:
    """Raises whatever the SDK finds wrong with its variables."""
    return OtelTracing(role, BatchSpanProcessor(SparingExporter(OTLPSpanExporter())))


def _resource(role: str) -> Resource:
    """What the variables say of the service counts; without a name it is its role's."""
    said = Resource.create({SERVICE_VERSION: version("orderflow")})
    unnamed = str(said.attributes[SERVICE_NAME]).startswith(_UNNAMED)
    return said.merge(Resource({SERVICE_NAME: f"orderflow-{role}"})) if unnamed else said
