"""A process that handles commands as a worker does, and says what each of them costs.

Nothing is stored or sent, so what is looked for is not lost in what the servers' drivers cost.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from zlib import crc32

import uvloop
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from prometheus_client import CollectorRegistry

from benchmarks.contestants.null_store import NullStore
from benchmarks.saying import say
from benchmarks.workload import one_to_three
from orderflow.bootstrap import now
from orderflow.cli import interpreter
from orderflow.domain.decide import Rules
from orderflow.domain.lifecycles import DEFAULT
from orderflow.metrics.worker import WorkerMetrics
from orderflow.ports import Refresh
from orderflow.processing.batch import parts
from orderflow.processing.encoding import BatchFolder
from orderflow.processing.hot_orders import HotOrders
from orderflow.processing.instruments import Instruments, NullInstruments
from orderflow.processing.processor import CommandProcessor
from orderflow.processing.readiness import Readiness
from orderflow.processing.whole_task import whole
from orderflow.tracing.otel.tracing import OtelTracing
from orderflow.tracing.ports import NullTracing
from orderflow.wire.records import Message, Record

_WARM = 5
"""The first fifth of the batches counts for nothing."""
_RECORDS_AT_ONCE = 10
"""That came to the log in the same millisecond."""

_EVERY = 100
"""One command in so many is in a trace that is recorded; all of them are in one."""


class BareProcessor(CommandProcessor):
    """Has nothing to hold on to where a batch begins and ends."""

    async def apply(self, records: Sequence[Record]) -> None:
        async with asyncio.TaskGroup() as unfinished:
            await self._drafting.acquire()
            for part in parts(records):
                draft = await self._bravely("folding", self._draft, part)
                if draft:
                    await self._saving.acquire()
                    unfinished.create_task(whole(self._finish, part, draft, lambda: None))
            self._drafting.release()


class EncodingExporter(SpanExporter):
    """Makes of spans what a collector gets, and sends it nowhere."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        encode_spans(spans).SerializeToString()
        return SpanExportResult.SUCCESS


@asynccontextmanager
async def traced() -> AsyncIterator[Instruments]:
    """Leaving it sends off what has been gathered; what only the first span costs is spent before."""
    spans = BatchSpanProcessor(EncodingExporter())
    tracing = OtelTracing("worker", spans)
    with tracing.requests.request("GET", "/", "/", None):
        pass
    spans.force_flush()
    yield tracing.instruments(NullInstruments())
    await tracing.close()


BARE = "bare"
WAYS: Mapping[str, Callable[[], AbstractAsyncContextManager[Instruments]]] = {
    BARE: lambda: nullcontext(NullInstruments()),
    "off": lambda: nullcontext(NullTracing().instruments(NullInstruments())),
    "metrics": lambda: nullcontext(WorkerMetrics(CollectorRegistry())),
    "traces": traced,
}


class NoPublisher:
    """Delivers everything to nobody."""

    async def publish(self, _messages: Sequence[Message]) -> Sequence[Message]:
        return ()


class NoCache:
    """Is as fresh as can be."""

    async def refresh(self, _refresh: Refresh) -> bool:
        return True


async def cost(way: str, commands: int, batch: int) -> float:
    """Processor time of a command, user and system, in microseconds."""
    records = [record(offset, message) for offset, message in enumerate(one_to_three(commands).commands)]
    batches = [records[first : first + batch] for first in range(0, len(records), batch)]
    interpreter.tune()
    warm = len(batches) // _WARM
    async with WAYS[way]() as instruments:
        handling = processor(instruments, BareProcessor if way == BARE else CommandProcessor)
        for each in batches[:warm]:
            await handling.apply(each)
        begun = time.process_time()
        for each in batches[warm:]:
            await handling.apply(each)
    return (time.process_time() - begun) / sum(map(len, batches[warm:])) * 1e6


def processor(instruments: Instruments, kind: type[CommandProcessor] = CommandProcessor) -> CommandProcessor:
    store = NullStore()
    return kind(
        store=store,
        cache=NoCache(),
        publisher=NoPublisher(),
        clock=now,
        folder=BatchFolder(
            rules=Rules(lifecycle=DEFAULT, currency="USD"), encode=store.encode, source="/orderflow", group="bench"
        ),
        hot=HotOrders(2**24),
        readiness=Readiness(),
        log_name="bench",
        instruments=instruments,
    )


def record(offset: int, message: Message) -> Record:
    """As it lies on the log."""
    timestamp = round(time.time() * 1000) + offset // _RECORDS_AT_ONCE
    return Record(
        topic=message.topic,
        partition=0,
        offset=offset,
        timestamp=timestamp,
        key=message.key,
        value=message.value,
        headers=[("traceparent", _traceparent(offset))],
    )


def _traceparent(number: int) -> bytes:
    """Which ones are sampled shows no order."""
    sampled = crc32(b"%d" % number) % _EVERY == 0
    return b"00-%032x-%016x-%02x" % (number + 1, number + 1, sampled)


if __name__ == "__main__":
    way, commands, batch = sys.argv[1:]
    say(uvloop.run(cost(way, int(commands), int(batch))))
