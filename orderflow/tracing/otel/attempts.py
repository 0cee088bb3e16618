"""An attempt at a step of a batch that talks to a server, as a span."""

from collections.abc import Mapping
from dataclasses import dataclass

from opentelemetry.context import Context
from opentelemetry.trace import SpanKind, StatusCode, Tracer

from orderflow.processing.instruments import Step

_MONGODB, _REDIS, _KAFKA = {"db.system.name": "mongodb"}, {"db.system.name": "redis"}, {"messaging.system": "kafka"}
SERVERS: Mapping[Step, tuple[SpanKind, Mapping[str, str]]] = {
    Step.LOAD: (SpanKind.CLIENT, _MONGODB),
    Step.SAVE: (SpanKind.CLIENT, _MONGODB),
    Step.REFRESH: (SpanKind.CLIENT, _REDIS),
    Step.ANNOUNCE: (SpanKind.PRODUCER, _KAFKA),
    Step.REPORT: (SpanKind.PRODUCER, _KAFKA),
}
"""Whom a step talks to. The others stay within the process: metrics tell how long they take, and spans cost more."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Times are nanoseconds since 1970."""

    step: Step
    begun: int
    ended: int
    failure: Exception | None

    def tell(self, tracer: Tracer, parent: Context) -> None:
        """Afterwards: spans made one after the other cost a fifth of those made between all that is done."""
        kind, attributes = SERVERS[self.step]
        span = tracer.start_span(self.step, context=parent, kind=kind, attributes=attributes, start_time=self.begun)
        if self.failure:
            span.record_exception(self.failure, timestamp=self.ended)
            span.set_status(StatusCode.ERROR)
        span.end(self.ended)
