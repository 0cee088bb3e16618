"""A principal that is bound to a client: others' orders do not exist for it, whatever it asks."""

from collections.abc import AsyncIterator

import pytest

from orderflow.access.principal import Principal, Scope
from tests.unit.facade_loop import ORDER, Client, Loop, running

MINE, THEIRS = "client-123", "client-9"
BOUND = Principal(name="bound", scopes=frozenset(Scope), client_id=MINE)


@pytest.fixture
async def loop() -> Loop:
    return Loop()


@pytest.fixture
async def everyone(loop: Loop) -> AsyncIterator[Client]:
    async with running(loop) as client:
        yield client


@pytest.fixture
async def bound(loop: Loop) -> AsyncIterator[Client]:
    """The same deployment, asked by one who is bound."""
    async with running(loop, principal=BOUND) as client:
        yield client


@pytest.fixture
async def theirs(everyone: Client) -> str:
    return await everyone.create(client_id=THEIRS)


async def problem_of(client: Client, method: str, path: str, **options: object) -> tuple[int, str]:
    answer = await client.send(method, path, **options)
    return answer.status, (await answer.json())["type"]


async def test_its_own_orders_are_there(bound: Client) -> None:
    order_id = await bound.create()
    for path in (f"/orders/{order_id}", f"/orders/{order_id}/history"):
        assert (await bound.send("GET", path)).status == 200
    moved = await bound.move(order_id, "confirmed", headers={"Prefer": "respond-async"})
    assert (await bound.send("GET", moved.headers["Location"])).status == 200


@pytest.mark.parametrize("path", ["", "/history"])
@pytest.mark.parametrize("headers", [{}, {"If-None-Match": "*"}])
async def test_an_order_of_another_client_is_not_found(
    bound: Client, theirs: str, path: str, headers: dict[str, str]
) -> None:
    refused = await bound.send("GET", f"/orders/{theirs}{path}", headers=headers)
    absent = await bound.send("GET", f"/orders/absent{path}", headers=headers)
    assert refused.status == absent.status == 404
    assert (await refused.text()).replace(theirs, "absent") == await absent.text()


@pytest.mark.parametrize(
    "change",
    [
        ("PUT", "state", {"new_state": "confirmed"}),
        ("POST", "cancel", {"reason": "mine now"}),
        ("POST", "hold", {"reason": "mine now"}),
        ("POST", "release", {}),
        ("PUT", "items", {"items": ORDER["items"]}),
        ("PUT", "items", {"items": ORDER["items"], "dry_run": True}),
        ("POST", "corrections", {"reason": "mine now", "state": "failed"}),
    ],
)
async def test_an_order_of_another_client_does_not_change(
    bound: Client, everyone: Client, theirs: str, change: tuple[str, str, object]
) -> None:
    method, what, body = change
    assert await problem_of(bound, method, f"/orders/{theirs}/{what}", json=body) == (404, "order-not-found")
    assert (await (await everyone.send("GET", f"/orders/{theirs}")).json())["version"] == 1


async def test_a_command_on_an_order_of_another_client_is_not_found(
    bound: Client, everyone: Client, theirs: str
) -> None:
    moved = await everyone.move(theirs, "confirmed", headers={"Prefer": "respond-async"})
    path = moved.headers["Location"]
    assert (await everyone.send("GET", path)).status == 200
    assert await problem_of(bound, "GET", path) == (404, "command-not-found")


async def test_a_command_whose_order_is_not_there_yet_is_pending_for_its_sender(bound: Client, loop: Loop) -> None:
    loop.silent = True
    taken = await bound.send("POST", "/orders", json=ORDER, headers={"Prefer": "respond-async"})
    shown = await bound.send("GET", taken.headers["Location"])
    assert (shown.status, (await shown.json())["status"]) == (200, "pending")


async def test_naming_another_client_is_forbidden(bound: Client) -> None:
    create = {"json": ORDER | {"client_id": THEIRS}}
    assert await problem_of(bound, "POST", "/orders", **create) == (403, "forbidden")
    assert await problem_of(bound, "GET", f"/orders?client_id={THEIRS}") == (403, "forbidden")


async def test_a_list_holds_its_own_orders_only_also_after_another_asked_the_same(
    bound: Client, everyone: Client, theirs: str
) -> None:
    mine = await bound.create()

    async def listed(client: Client, query: str) -> set[str]:
        answer = await client.send("GET", f"/orders?{query}")
        return {order["order_id"] for order in (await answer.json())["orders"]}

    for query in ("state=created", "limit=10", f"client_id={MINE}"):
        for _ in range(2):
            assert await listed(bound, query) == {mine}
            assert (theirs in await listed(everyone, query)) is (MINE not in query)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("GET", "/0-0"), ("POST", "/replay"), ("POST", "/purge")],
)
async def test_what_belongs_to_everybody_is_not_its_to_administer(bound: Client, method: str, path: str) -> None:
    body = {"json": {"all": True}} if method == "POST" else {}
    assert await problem_of(bound, method, f"/admin/dead-letters{path}", **body) == (403, "forbidden")
