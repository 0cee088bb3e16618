"""When there are traces, and what a collector that is away costs."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from orderflow.tracing.opening import open_tracing
from orderflow.tracing.otel import tracing as otel
from orderflow.tracing.otel.exporting import SparingExporter
from orderflow.tracing.ports import NullTracing
from tests.unit.traced import Traced

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}
ROLES = """
import sys, web.role, agents.commands
sys.exit(any(name.startswith(("orderflow.tracing.otel", "opentelemetry.exporter")) for name in sys.modules))
"""


class PlayedExporter(SpanExporter):
    """Takes spans, or loses them."""

    def __init__(self) -> None:
        self.result = SpanExportResult.SUCCESS

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:  # noqa: ARG002 - the SDK's
        return self.result


class HangingExporter(PlayedExporter):
    """Comes to no end until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.let_go.wait()
        return super().export(spans)


async def is_on(environment: dict[str, str]) -> bool:
    async with open_tracing("web", environment) as tracing:
        return not isinstance(tracing, NullTracing)


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level("INFO", "orderflow.tracing")
    return caplog


async def test_there_are_traces_where_an_endpoint_is_named(told: pytest.LogCaptureFixture) -> None:
    assert await is_on(ENDPOINT)
    assert await is_on({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:1/v1/traces"})
    assert told.messages == []


@pytest.mark.parametrize(
    "environment", [{}, ENDPOINT | {"OTEL_SDK_DISABLED": "true"}, ENDPOINT | {"OTEL_TRACES_EXPORTER": "none"}]
)
async def test_else_there_are_none(environment: dict[str, str], told: pytest.LogCaptureFixture) -> None:
    assert not await is_on(environment)
    assert told.messages == []


async def test_a_protocol_that_we_do_not_speak_is_said(told: pytest.LogCaptureFixture) -> None:
    assert not await is_on(ENDPOINT | {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})
    assert told.messages == ["no traces: they go by http/protobuf, not by 'grpc'"]


async def test_without_the_extra_a_role_runs_and_says_so(
    monkeypatch: pytest.MonkeyPatch, told: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "orderflow.tracing.otel.tracing", None)
    assert not await is_on(ENDPOINT)
    assert told.messages == ["no traces: an endpoint is named, and orderflow[otel] is not installed"]


async def test_a_variable_that_the_sdk_cannot_use_stops_no_role(
    monkeypatch: pytest.MonkeyPatch, told: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "-1")
    assert not await is_on(ENDPOINT)
    assert [message.startswith("no traces: ") for message in told.messages] == [True]


def test_nothing_of_it_is_imported_while_it_is_off() -> None:
    """By us: what the driver of Redis imports where it is installed is its own matter."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    assert subprocess.run([sys.executable, "-c", ROLES], env=given, check=False).returncode == 0  # noqa: S603


def test_a_collector_that_is_away_is_told_of_once_and_so_is_its_return(told: pytest.LogCaptureFixture) -> None:
    collector = PlayedExporter()
    exporter = SparingExporter(collector)
    for result in (SpanExportResult.SUCCESS, *[SpanExportResult.FAILURE] * 3, *[SpanExportResult.SUCCESS] * 2):
        collector.result = result
        assert exporter.export([]) is result
    assert told.messages == ["traces get lost: the collector does not take them", "traces arrive again"]


async def test_a_role_that_ends_waits_for_no_collector_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(otel, "FLUSH_SECONDS", 0.01)
    collector = HangingExporter()
    tracing = otel.OtelTracing("web", BatchSpanProcessor(collector))
    with tracing.requests.request("GET", "/", "/", None):
        pass
    async with asyncio.timeout(5):
        await tracing.close()
    collector.let_go.set()


def test_a_service_is_named_after_its_role_unless_a_variable_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert service_of("worker") == "orderflow-worker"
    monkeypatch.setenv("OTEL_SERVICE_NAME", "orders")
    assert service_of("worker") == "orders"


def service_of(role: str) -> object:
    traced = Traced(role)
    with traced.tracing.requests.request("GET", "/", "/", None):
        pass
    return traced.spans[0].resource.attributes["service.name"]


async def test_what_was_traced_last_is_still_sent_when_a_role_ends() -> None:
    sent: list[ReadableSpan] = []

    class Collector(PlayedExporter):
        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            sent.extend(spans)
            return super().export(spans)

    tracing = otel.OtelTracing("web", BatchSpanProcessor(Collector()))
    with tracing.requests.request("GET", "/", "/", None):
        pass
    await tracing.close()
    assert [span.name for span in sent] == ["GET /"]
