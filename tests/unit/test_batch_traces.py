"""The worker in traces: a batch with its steps, linked to its commands, and events that keep their command's trace."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import StatusCode

from orderflow.domain.lifecycle import State
from orderflow.domain.stored import StoredOrder
from orderflow.ports import Conflict, Saved, Write
from orderflow.processing.instruments import NullInstruments
from orderflow.tracing.otel import batches
from orderflow.tracing.otel.notes import MOST
from orderflow.wire.records import Message, Record, Topic
from tests.builders import change_state, create_order
from tests.eventually import eventually
from tests.unit.command_worker import Worker, WrappedStore, record
from tests.unit.facade_loop import ORDER, Loop, running
from tests.unit.traced import SAMPLED, TRACE_ID, UNSAMPLED, Traced

pytestmark = pytest.mark.usefixtures("without_waiting")

OTHER_ID = "1" * 32
OTHER = SAMPLED.replace(TRACE_ID, OTHER_ID)
PROCESS = "process order_commands"
STEPS = {"mongodb load", "mongodb save", "kafka announce", "redis refresh", "kafka report"}


class DeafStore(WrappedStore):
    """Fails at the first save, and meets another writer at the second."""

    saves = 0

    async def save(self, writes: Sequence[Write]) -> Saved | Conflict:
        self.saves += 1
        if self.saves == 1:
            raise OSError("not sent")
        return await super().save(writes) if self.saves > 2 else Conflict()


class AbsentStore(WrappedStore):
    """Is away for many attempts to load."""

    FAILURES = 200
    loads = 0

    async def load(self, order_ids: Collection[str]) -> dict[str, StoredOrder]:
        self.loads += 1
        if self.loads <= self.FAILURES:
            raise OSError("away")
        return await super().load(order_ids)


def in_trace(order_id: str, traceparent: str | None) -> Record:
    headers = [("traceparent", traceparent.encode())] if traceparent else []
    return record(create_order(order_id), headers=headers)


async def applied(traced: Traced, *records: Record) -> Worker:
    worker = Worker(instruments=traced.tracing.instruments(NullInstruments()))
    await worker.apply(*records)
    return worker


def trace_of(message: Message) -> bytes:
    return dict(message.headers)["traceparent"]


def linked(span: ReadableSpan) -> set[str]:
    return {f"{link.context.trace_id:032x}" for link in span.links}


async def test_one_trace_leads_from_the_request_to_the_event() -> None:
    web, worker = Traced(), Traced("worker")
    loop = Loop()
    async with running(loop, traces=web.tracing.requests, commands=web.tracing.commands(loop)) as client:
        answer = await client.send("POST", "/orders", json=ORDER)
        trace_id = answer.headers["traceresponse"].split("-")[1]
    done = await applied(worker, *loop.taken)
    [event] = done.sent(Topic.EVENTS)
    assert dict(loop.taken[0].headers)["traceparent"].split(b"-")[1].decode() == trace_id
    assert trace_of(event).split(b"-")[1].decode() == trace_id
    assert (web.trace_ids, worker.trace_ids) == ({trace_id}, {trace_id})
    send, process = web.span("send order_commands"), worker.span(PROCESS)
    assert process.parent
    assert process.parent.span_id == send.context.span_id


async def test_the_steps_of_a_batch_are_its_children() -> None:
    traced = Traced("worker")
    await applied(traced, in_trace("ord_1", SAMPLED))
    batch = traced.span(PROCESS)
    steps = [span for span in traced.spans if span is not batch]
    assert {span.name for span in steps} == STEPS
    assert {span.parent and span.parent.span_id for span in steps} == {batch.context.span_id}
    assert (batch.attributes or {})["orderflow.changes"] == 1


async def test_a_batch_is_linked_to_its_sampled_commands_and_shows_in_the_trace_of_each() -> None:
    traced = Traced("worker")
    await applied(traced, in_trace("ord_1", UNSAMPLED), in_trace("ord_2", OTHER), in_trace("ord_3", SAMPLED))
    [whole] = [span for span in traced.spans if span.name == PROCESS and len(span.links) == 2]
    [shown] = [span for span in traced.spans if span.name == PROCESS and span is not whole]
    assert (f"{whole.context.trace_id:032x}", linked(whole)) == (OTHER_ID, {OTHER_ID, TRACE_ID})
    assert (f"{shown.context.trace_id:032x}", linked(shown)) == (TRACE_ID, {OTHER_ID})
    assert (whole.attributes or {})["messaging.batch.message_count"] == 3
    assert (shown.attributes or {})["messaging.kafka.message.key"] == "ord_3"
    assert shown.start_time == whole.start_time


@pytest.mark.parametrize("traceparent", [UNSAMPLED, SAMPLED.replace(TRACE_ID, "0" * 32)])
async def test_what_is_not_sampled_or_no_context_leaves_no_span_and_stays_as_it_is(traceparent: str) -> None:
    traced = Traced("worker")
    worker = await applied(traced, in_trace("ord_1", traceparent))
    assert traced.spans == []
    assert trace_of(worker.sent(Topic.EVENTS)[0]) == traceparent.encode()


@pytest.mark.parametrize(("sampler", "recorded"), [("always_on", True), ("always_off", False)])
async def test_of_commands_without_a_trace_the_sampler_decides(
    monkeypatch: pytest.MonkeyPatch, sampler: str, *, recorded: bool
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", sampler)
    traced = Traced("worker")
    worker = await applied(traced, in_trace("ord_1", None))
    assert (PROCESS in traced.names) == recorded
    assert "traceparent" not in dict(worker.sent(Topic.EVENTS)[0].headers)


async def test_an_event_told_again_is_the_same_to_the_byte_whoever_traces_the_repeat() -> None:
    traced = Traced("worker")
    command = in_trace("ord_1", SAMPLED)
    worker = await applied(traced, command)
    await worker.apply(command)
    first, again = worker.sent(Topic.EVENTS)
    assert first == again
    assert trace_of(first) == SAMPLED.encode()
    assert traced.names.count(PROCESS) == 2


async def test_each_attempt_is_a_span_and_a_failed_one_says_so() -> None:
    traced = Traced("worker")
    worker = Worker(instruments=traced.tracing.instruments(NullInstruments()))
    worker.store = DeafStore(worker.stored)
    await worker.apply(in_trace("ord_1", SAMPLED), record(change_state("ord_1", State.CONFIRMED)))
    saves = [span for span in traced.spans if span.name == "mongodb save"]
    assert [span.status.status_code for span in saves] == [StatusCode.ERROR, StatusCode.UNSET, StatusCode.UNSET]
    assert [event.name for event in traced.span(PROCESS).events] == ["conflict"]


async def test_of_a_server_that_is_away_for_long_the_last_attempts_are_remembered() -> None:
    traced = Traced("worker")
    worker = Worker(instruments=traced.tracing.instruments(NullInstruments()))
    worker.store = AbsentStore(worker.stored)
    await worker.apply(in_trace("ord_1", SAMPLED))
    assert MOST < AbsentStore.FAILURES
    assert traced.names.count("mongodb load") + len(STEPS) - 1 == MOST


async def test_spans_of_many_commands_are_made_before_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "TELL_SECONDS", 1000.0)
    traced = Traced("worker")
    await applied(traced, *[in_trace(f"ord_{number}", SAMPLED) for number in range(batches.MANY)])
    await eventually(lambda: len(traced.made) > batches.MANY)


async def test_a_key_that_is_no_orders_id_is_cut() -> None:
    traced = Traced("worker")
    await applied(traced, replace(in_trace("ord_1", SAMPLED), key=b"\xff" * 100_000))
    assert len(str((traced.span(PROCESS).attributes or {})["messaging.kafka.message.key"])) <= 1024
