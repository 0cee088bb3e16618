"""Who gets in: with valid credentials and the scope of the operation, and nobody else; for every operation there is."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from orderflow.access.principal import Scope
from tests.builders import NOW
from tests.unit.facade_loop import ORDER, Client, Loop, running
from tests.unit.guarded_facade import STATIC, Guarded, bearer, type_of
from tests.unit.mounted_operations import operations
from tests.unit.token_forge import token
from web.http.operations import Operation

OPEN = {"/livez", "/readyz", "/openapi.json", "/asyncapi.json", "/docs", "/docs/{file}", "/", "/dashboard/{file}"}
"""What tells nothing of any order."""


@pytest.fixture(scope="module")
def guarded() -> Guarded:
    return Guarded()


@pytest.fixture(scope="module")
async def client(guarded: Guarded) -> AsyncIterator[Client]:
    async with running(Loop(), gate=guarded.gate) as client:
        yield client


ALL = list(operations())
NAMES = [f"{method} {path}" for method, path, _ in ALL]


def test_only_what_tells_nothing_of_any_order_is_open() -> None:
    assert {(method, path) for method, path, operation in ALL if operation.scope is None} == {
        ("GET", path) for path in OPEN
    }
    assert len(ALL) > 10


def test_nothing_is_served_that_does_not_say_what_it_is(client: Client) -> None:
    served = {(route.method, route.resource.canonical) for route in client.http.app.router.routes()}
    assert {(method, path) for method, path in served if method != "HEAD"} == {
        (method, path) for method, path, _ in ALL
    }


def test_changes_need_more_than_to_read() -> None:
    assert not [
        (method, path) for method, path, operation in ALL if method != "GET" and operation.scope in (None, Scope.READ)
    ]
    assert not [path for _, path, operation in ALL if path.startswith("/admin") and operation.scope is not Scope.ADMIN]


@pytest.mark.parametrize(("method", "path", "operation"), ALL, ids=NAMES)
async def test_every_operation_asks_for_credentials_and_its_scope(
    client: Client, guarded: Guarded, method: str, path: str, operation: Operation
) -> None:
    path = path.replace("{", "").replace("}", "")
    if operation.scope is None:
        assert (await client.send(method, path)).status in (200, 404, 503)
        return
    unknown = await client.send(method, path)
    assert await type_of(unknown) == (401, "unauthenticated")
    assert unknown.headers["WWW-Authenticate"] == 'Bearer realm="orderflow"'
    others = [scope for scope in Scope if scope is not operation.scope]
    refused = await client.send(method, path, headers=bearer(await guarded.key(*others)))
    assert await type_of(refused) == (403, "forbidden")
    assert (await refused.json())["scope"] == operation.scope
    assert f'scope="{operation.scope}"' in refused.headers["WWW-Authenticate"]
    admitted = await client.send(method, path, headers=bearer(await guarded.key(operation.scope)))
    assert admitted.status not in (401, 403)


async def test_the_head_of_an_operation_asks_as_well(client: Client) -> None:
    assert (await client.send("HEAD", "/orders")).status == 401
    assert (await client.send("HEAD", "/livez")).status == 200


async def test_what_is_not_there_says_so_to_everybody(client: Client) -> None:
    assert await type_of(await client.send("GET", "/nowhere")) == (404, "route-not-found")
    assert await type_of(await client.send("DELETE", "/orders")) == (405, "method-not-allowed")


async def test_each_way_to_bring_credentials_is_taken(client: Client, guarded: Guarded) -> None:
    key = await guarded.key(Scope.READ)
    for headers in (
        bearer(key),
        {"Authorization": f"bearer  {key}"},
        {"X-API-Key": key},
        bearer(token()),
        bearer(STATIC),
    ):
        assert (await client.send("GET", "/orders", headers=headers)).status == 200, headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Basic YWxpY2U6c2VjcmV0"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": STATIC},
        {"Authorization": f"Bearer {STATIC}", "X-API-Key": STATIC},
        [("X-API-Key", STATIC), ("X-API-Key", STATIC)],
        {"X-API-Key": ""},
        {"Cookie": f"api_key={STATIC}"},
    ],
)
async def test_any_other_way_is_not(client: Client, headers: Any) -> None:  # noqa: ANN401
    answer = await client.send("GET", "/orders", headers=headers)
    assert await type_of(answer) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert (await client.send("GET", f"/orders?api_key={STATIC}&access_token={STATIC}")).status == 401


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"exp": 1}, "expired"), ({"aud": "x"}, "audience"), ({"nbf": 2**40}, "not valid yet"), ({"iss": "x"}, "issuer")],
)
async def test_a_token_that_does_not_hold_is_told_why(client: Client, changed: dict[str, Any], reason: str) -> None:
    answer = await client.send("GET", "/orders", headers=bearer(token(**changed)))
    assert answer.status == 401
    assert reason in (await answer.json())["detail"]
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


async def test_a_token_as_long_as_a_header_may_be_is_refused(client: Client) -> None:
    assert (await client.send("GET", "/orders", headers=bearer("x." * 4_000))).status == 401


async def test_a_revoked_key_is_out(client: Client, guarded: Guarded) -> None:
    key = await guarded.key(Scope.READ)
    assert (await client.send("GET", "/orders", headers=bearer(key))).status == 200
    await guarded.store.revoke(key.split("_")[1], NOW)
    guarded.clock.pass_(10)
    answer = await client.send("GET", "/orders", headers=bearer(key))
    assert (answer.status, (await answer.json())["detail"]) == (401, "The API key has been revoked.")


async def test_a_store_of_keys_that_is_away_is_no_way_in(client: Client, guarded: Guarded) -> None:
    key = await guarded.key(Scope.READ)
    guarded.store.away = True
    answer = await client.send("GET", "/orders", headers=bearer(key))
    guarded.store.away = False
    assert await type_of(answer) == (503, "unavailable")
    assert answer.headers["Retry-After"]


async def test_bound_credentials_have_their_clients_orders_only(client: Client, guarded: Guarded) -> None:
    theirs = await client.send("POST", "/orders", json=ORDER | {"client_id": "other"}, headers=bearer(STATIC))
    order_id = (await theirs.json())["order_id"]
    bound = [await guarded.key(*Scope, client_id="client-123"), token(client_id="client-123")]
    for credential in bound:
        mine = await client.send("POST", "/orders", json=ORDER, headers=bearer(credential))
        assert mine.status == 201
        assert (await client.send("GET", f"/orders/{order_id}", headers=bearer(credential))).status == 404


async def test_an_idempotency_key_counts_for_each_principal(client: Client) -> None:
    headers = {"Idempotency-Key": "the-same"}
    first = await client.send("POST", "/orders", json=ORDER, headers=headers | bearer(STATIC))
    other = await client.send("POST", "/orders", json=ORDER, headers=headers | bearer(token()))
    again = await client.send("POST", "/orders", json=ORDER, headers=headers | bearer(STATIC))
    ids = [(await answer.json())["order_id"] for answer in (first, other, again)]
    assert ids[0] == ids[2] != ids[1]


async def test_a_new_key_of_the_same_name_goes_on_where_the_old_one_was(client: Client, guarded: Guarded) -> None:
    headers = {"Idempotency-Key": "before-and-after"}
    old, new = await guarded.key(Scope.WRITE), await guarded.key(Scope.WRITE)
    first = await client.send("POST", "/orders", json=ORDER, headers=headers | bearer(old))
    again = await client.send("POST", "/orders", json=ORDER, headers=headers | bearer(new))
    assert (await again.json())["order_id"] == (await first.json())["order_id"]


async def test_no_credential_is_ever_logged(client: Client, guarded: Guarded, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    guarded.clock.pass_(60)
    secrets_ = [await guarded.key(Scope.READ), "ofk_" + "0" * 16 + "_" + "A" * 43, token(), token(exp=1), "hunter2" * 5]
    answers = [await client.send("GET", "/orders", headers=bearer(secret)) for secret in secrets_]
    answers += [await client.send("GET", "/orders", headers={"X-API-Key": secret}) for secret in secrets_]
    assert "credentials are refused" in caplog.text
    for secret in secrets_:
        assert secret not in caplog.text
        for answer in answers:
            assert secret not in str(answer.headers) + await answer.text()
