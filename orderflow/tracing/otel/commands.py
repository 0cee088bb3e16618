"""The span of a command that is sent, and its trace in the record's headers."""

from collections.abc import Sequence
from dataclasses import dataclass

from opentelemetry.trace import SpanKind, Tracer

from orderflow.ports import CommandLog
from orderflow.tracing.otel import contexts
from orderflow.wire.records import Topic


@dataclass(frozen=True, slots=True)
class TracedCommands:
    """A CommandLog."""

    tracer: Tracer
    log: CommandLog

    @property
    def ready(self) -> bool:
        return self.log.ready

    @property
    def refusal(self) -> str | None:
        return self.log.refusal

    async def enqueue(self, order_id: str, value: bytes, headers: Sequence[tuple[str, bytes]] = ()) -> None:
        """The trace under way replaces the one that a client named: it is that one going on."""
        with self.tracer.start_as_current_span(
            f"send {Topic.COMMANDS}",
            kind=SpanKind.PRODUCER,
            attributes={
                "messaging.system": "kafka",
                "messaging.operation.type": "send",
                "messaging.kafka.message.key": order_id,
            },
        ) as span:
            others = [header for header in headers if header[0] != contexts.TRACEPARENT]
            traceparent = contexts.written(span.get_span_context()).encode()
            await self.log.enqueue(order_id, value, [*others, (contexts.TRACEPARENT, traceparent)])
