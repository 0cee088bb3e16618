"""Headers of every answer, and what pages of other origins may do."""

from collections.abc import AsyncIterator

import pytest

from orderflow.access.principal import Principal
from tests.unit.facade_loop import Client, Loop, running

SHOP, EVIL = "https://shop.example", "https://evil.example"
PREFLIGHT = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization,if-match"}


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[Client]:
    async with running(Loop()) as client:
        yield client


@pytest.fixture(scope="module")
async def shared() -> AsyncIterator[Client]:
    async with running(Loop(), origins=frozenset([SHOP])) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/livez", 200),
        ("GET", "/readyz", 200),
        ("GET", "/nowhere", 404),
        ("PUT", "/orders", 405),
        ("POST", "/orders", 415),
    ],
)
async def test_every_answer_keeps_browsers_from_guessing(client: Client, method: str, path: str, status: int) -> None:
    answer = await client.send(method, path)
    assert answer.status == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "aiohttp" not in answer.headers["Server"]


async def test_an_order_may_be_kept_but_has_to_be_asked_for_anew(client: Client) -> None:
    path = f"/orders/{await client.create()}"
    shown = await client.send("GET", path)
    same = await client.send("GET", path, headers={"If-None-Match": shown.headers["ETag"]})
    assert (shown.status, same.status) == (200, 304)
    assert shown.headers["Cache-Control"] == same.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("path", ["/orders", "/orders/o/state", "/nowhere"])
async def test_a_page_of_a_named_origin_may_ask_before_it_calls(shared: Client, path: str) -> None:
    answer = await shared.send("OPTIONS", path, headers={"Origin": SHOP, **PREFLIGHT})
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]
    assert {"Authorization", "If-Match"} <= set(answer.headers["Access-Control-Allow-Headers"].split(", "))


@pytest.mark.parametrize(("path", "status"), [("/orders", 200), ("/orders/absent", 404), ("/nowhere", 404)])
async def test_it_may_read_every_answer(shared: Client, path: str, status: int) -> None:
    answer = await shared.send("GET", path, headers={"Origin": SHOP})
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (status, SHOP)
    assert "ETag" in answer.headers["Access-Control-Expose-Headers"]
    assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize("origin", [EVIL, "null", SHOP.upper(), f"{SHOP}:8443", f"{SHOP}.evil.example"])
async def test_a_page_of_another_origin_may_not(shared: Client, origin: str) -> None:
    answer = await shared.send("GET", "/orders", headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in answer.headers
    asked = await shared.send("OPTIONS", "/orders", headers={"Origin": origin, **PREFLIGHT})
    assert asked.status == 405
    assert "Access-Control-Allow-Origin" not in asked.headers


async def test_no_page_of_another_origin_may_unless_settings_say_so(client: Client) -> None:
    answer = await client.send("GET", "/orders", headers={"Origin": SHOP})
    assert not {"Access-Control-Allow-Origin", "Vary"} & set(answer.headers)
    assert (await client.send("OPTIONS", "/orders", headers={"Origin": SHOP, **PREFLIGHT})).status == 405


async def test_a_star_lets_pages_of_every_origin_but_sends_no_cookies() -> None:
    async with running(Loop(), origins=frozenset("*")) as client:
        answer = await client.send("GET", "/orders", headers={"Origin": EVIL})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers


async def test_asking_before_a_call_needs_no_credentials_and_a_refusal_can_be_read() -> None:
    nobody = Principal(name="nobody", scopes=frozenset())
    async with running(Loop(), principal=nobody, origins=frozenset([SHOP])) as client:
        assert (await client.send("OPTIONS", "/orders", headers={"Origin": SHOP, **PREFLIGHT})).status == 204
        refused = await client.send("GET", "/orders", headers={"Origin": SHOP})
    assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (403, SHOP)
