"""A collector of traces: takes OTLP over HTTP and keeps what it was sent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp.test_utils import TestServer
from aiohttp.web import Application, Request, Response, post
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass
class Collector:
    """`spans` are trace id and name of each. A role with this `environment` sends them soon."""

    environment: dict[str, str] = field(default_factory=dict)
    spans: set[tuple[str, str]] = field(default_factory=set)

    async def take(self, request: Request) -> Response:
        sent = ExportTraceServiceRequest.FromString(await request.read())
        for of_resource in sent.resource_spans:
            for of_scope in of_resource.scope_spans:
                self.spans.update((span.trace_id.hex(), span.name) for span in of_scope.spans)
        return Response()

    def names(self, trace_id: str) -> set[str]:
        return {name for found, name in self.spans if found == trace_id}


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    collector, app = Collector(), Application()
    app.add_routes([post("/v1/traces", collector.take)])
    async with TestServer(app) as server:
        endpoint = str(server.make_url("")).rstrip("/")
        collector.environment = {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_BSP_SCHEDULE_DELAY": "100"}
        yield collector
