"""Bad input: each its own problem document and status, never a 500, never a stack trace."""

import io
import json
import logging
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.facade_loop import ORDER, Client, Loop, running

ITEM = ORDER["items"][0]  # type: ignore[index]
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[Client]:
    async with running(Loop()) as client:
        yield client


def order(**item: object) -> bytes:
    return json.dumps(ORDER | {"items": [ITEM | item]}).encode()


@pytest.mark.parametrize(
    ("body", "status", "type_"),
    [
        (b'{"client_id": ', 400, "malformed-json"),
        (b"", 400, "malformed-json"),
        (order(quantity=float("nan")), 400, "malformed-json"),
        (b"[]", 422, "validation"),
        (b"{}", 422, "validation"),
        (order(quantity="2"), 422, "validation"),
        (order(quantity=-1), 422, "validation"),
        (order(quantity=1.5), 422, "validation"),
        (order(price="fifty"), 422, "validation"),
        (json.dumps(ORDER | {"items": [ITEM] * 501}).encode(), 422, "validation"),
        (json.dumps(ORDER | {"items": [ITEM | {"quantity": 10**6, "price": 1e6}]}).encode(), 422, "validation"),
        (b"x" * (2 * 2**20), 413, "too-large"),
    ],
)
async def test_a_bad_order_has_its_own_problem(client: Client, body: bytes, status: int, type_: str) -> None:
    answer = await client.send("POST", "/orders", data=io.BytesIO(body), headers=JSON)
    problem = await answer.json()
    assert (answer.status, problem["type"], problem["status"]) == (status, type_, status)
    assert answer.content_type == "application/problem+json"


async def test_an_unknown_state_is_not_valid(client: Client) -> None:
    answer = await client.move(await client.create(), "teleported")
    problem = await answer.json()
    assert (answer.status, problem["errors"][0]["pointer"]) == (422, "#/new_state")


async def test_a_large_body_without_a_length_is_refused(client: Client) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b" " * 2**19

    answer = await client.send("POST", "/orders", data=chunks(), headers=JSON)
    assert (answer.status, (await answer.json())["type"]) == (413, "too-large")


async def test_a_body_that_is_not_compressed_as_it_says_is_malformed(client: Client) -> None:
    answer = await client.send(
        "POST", "/orders", data=b"no gzip", headers={**JSON, "Content-Encoding": "gzip"}, skip_auto_headers=["Accept"]
    )
    assert answer.status == 400


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "json"])
async def test_a_body_of_another_type_is_unsupported(client: Client, content_type: str) -> None:
    answer = await client.send("POST", "/orders", data=order(), headers={"Content-Type": content_type})
    assert (answer.status, (await answer.json())["type"]) == (415, "unsupported-media-type")


async def test_json_may_name_its_charset_or_no_type_at_all(client: Client) -> None:
    named = {"Content-Type": "application/json; charset=utf-8"}
    assert (await client.send("POST", "/orders", data=order(), headers=named)).status == 201
    untyped = await client.send("POST", "/orders", data=order(), skip_auto_headers=["Content-Type"])
    assert untyped.status == 201


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/orders", "GET, HEAD, POST"),
        ("PATCH", "/orders/o", "GET, HEAD"),
        ("GET", "/orders/o/state", "PUT"),
        ("HEAD", "/orders/o/cancel", "POST"),
        ("POST", "/orders/o/history", "GET, HEAD"),
        ("OPTIONS", "/livez", "GET, HEAD"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(client: Client, method: str, path: str, allowed: str) -> None:
    answer = await client.send(method, path)
    assert (answer.status, answer.headers["Allow"]) == (405, allowed)
    if method != "HEAD":
        assert (await answer.json())["type"] == "method-not-allowed"


@pytest.mark.parametrize(
    "path", ["/nowhere", "/orders/", "/table/", "/router/", "/performance", "/graph", "/orders/a/b/c"]
)
async def test_an_unknown_path_is_no_page_of_fausts(client: Client, path: str) -> None:
    answer = await client.send("GET", path)
    assert (answer.status, (await answer.json())["type"]) == (404, "route-not-found")


@pytest.mark.parametrize("name", ["Idempotency-Key", "If-Match"])
async def test_a_malformed_header_is_named(client: Client, name: str) -> None:
    order_id = await client.create()
    answer = await client.move(order_id, "confirmed", headers={name: "no such thing"})
    problem = await answer.json()
    assert (answer.status, problem["type"], problem["header"]) == (400, "malformed-header", name)


async def test_a_bug_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    async with running(Loop(failure=RuntimeError("a secret"))) as client:
        with caplog.at_level(logging.ERROR):
            answer = await client.send("POST", "/orders", json=ORDER)
        assert (answer.status, (await answer.json())["type"]) == (500, "internal-error")
        assert "secret" not in await answer.text()
        assert "a secret" in caplog.text


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
names = st.sampled_from([*ORDER, "currency", "external_ref", "new_state", "reason", "location", "expected_version"])
bodies = st.binary(max_size=40) | st.dictionaries(names, anything, max_size=5).map(
    lambda said: json.dumps(said).encode()
)
targets = st.sampled_from([("POST", "/orders"), ("PUT", "/orders/o/state"), ("POST", "/orders/o/cancel")])
header_text = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_categories=["Cc"]), max_size=20).map(
    str.strip
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(targets, bodies, st.sampled_from(["Prefer", "If-Match", "Idempotency-Key", "traceparent"]), header_text)
async def test_no_body_and_no_header_make_a_500(
    client: Client, target: tuple[str, str], body: bytes, header: str, value: str
) -> None:
    answer = await client.send(*target, data=body, headers={**JSON, header: value})
    assert answer.status < 500, await answer.text()
    assert answer.content_type in ("application/json", "application/problem+json")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["client_id", "state", "limit", "cursor"]) | st.text(max_size=4), st.text(max_size=8)
    )
)
async def test_no_query_makes_a_500(client: Client, query: dict[str, str]) -> None:
    answer = await client.send("GET", "/orders", params=query)
    assert answer.status in (200, 422), await answer.text()
