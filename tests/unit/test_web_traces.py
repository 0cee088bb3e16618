"""Requests in traces: taken up or begun, told with the answer, handed on with the command."""

from collections.abc import AsyncIterator

import pytest

from tests.unit.facade_loop import ORDER, Client, Loop, running
from tests.unit.traced import SAMPLED, TRACE_ID, UNSAMPLED, Traced


@pytest.fixture
def traced() -> Traced:
    return Traced()


@pytest.fixture
async def client(traced: Traced) -> AsyncIterator[Client]:
    loop = Loop()
    tracing = traced.tracing
    async with running(loop, traces=tracing.requests, commands=tracing.commands(loop), origins={"*"}) as client:
        yield client


def header_of_command(client: Client) -> str:
    [header] = [value for name, value in client.loop.taken[-1].headers if name == "traceparent"]
    return header.decode()


async def test_a_trace_goes_on_from_the_request_to_the_command(client: Client, traced: Traced) -> None:
    answer = await client.send("POST", "/orders", json=ORDER, headers={"traceparent": SAMPLED})
    assert answer.headers["traceresponse"].split("-")[1] == TRACE_ID
    request, send = traced.span("POST /orders"), traced.span("send order_commands")
    assert traced.trace_ids == {TRACE_ID}
    assert request.parent
    assert f"{request.parent.span_id:016x}" == SAMPLED.split("-")[2]
    assert send.parent
    assert send.parent.span_id == request.context.span_id
    assert header_of_command(client) == f"00-{TRACE_ID}-{send.context.span_id:016x}-01"
    assert (request.attributes or {})["http.response.status_code"] == 201


async def test_a_trace_begins_where_a_request_brings_none(client: Client, traced: Traced) -> None:
    for odd in ({}, {"traceparent": "rubbish"}, {"traceparent": SAMPLED.replace(TRACE_ID, "0" * 32)}):
        answer = await client.send("GET", "/orders/unknown", headers=odd)
        assert answer.status == 404
        assert answer.headers["traceresponse"].split("-")[1] in traced.trace_ids
    assert len(traced.trace_ids) == 3


async def test_what_its_sender_does_not_sample_leaves_no_span_and_keeps_its_id(client: Client, traced: Traced) -> None:
    answer = await client.send("POST", "/orders", json=ORDER, headers={"traceparent": UNSAMPLED})
    assert traced.spans == []
    for header in (answer.headers["traceresponse"], header_of_command(client)):
        assert (header.split("-")[1], header[-3:]) == (TRACE_ID, "-00")


async def test_each_command_of_a_bulk_request_is_sent_in_its_trace(client: Client, traced: Traced) -> None:
    answer = await client.send("POST", "/orders/bulk", json={"orders": [ORDER, ORDER]})
    assert answer.status == 200
    assert len(client.loop.taken) == traced.names.count("send order_commands") == 2
    assert traced.trace_ids == {answer.headers["traceresponse"].split("-")[1]}


async def test_a_page_of_another_origin_may_read_the_trace(client: Client) -> None:
    answer = await client.send("GET", "/orders/unknown", headers={"Origin": "https://shop.example"})
    assert "traceresponse" in answer.headers["Access-Control-Expose-Headers"]


async def test_methods_that_are_none_of_http_are_one(client: Client, traced: Traced) -> None:
    for method in ("PROPFIND", "PURGE"):
        await client.send(method, "/nowhere")
    assert set(traced.names) == {"_OTHER unmatched"}


async def test_whoever_asks_for_health_leaves_no_trace(client: Client, traced: Traced) -> None:
    answer = await client.send("GET", "/livez")
    assert "traceresponse" not in answer.headers
    assert traced.spans == []


async def test_without_traces_a_request_is_answered_as_ever() -> None:
    async with running(Loop()) as client:
        answer = await client.send("POST", "/orders", json=ORDER, headers={"traceparent": SAMPLED})
        assert "traceresponse" not in answer.headers
        assert header_of_command(client) == SAMPLED
