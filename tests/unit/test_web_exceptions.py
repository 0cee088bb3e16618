"""Holds, amendments and corrections over HTTP on the in-memory loop."""

from typing import Any

import pytest

from tests.unit.facade_loop import ORDER, Client

OTHERS = [{"sku": "P002", "name": "Package B", "quantity": 1, "price": 12.5}]
HOLD = {"reason": "address unclear"}


async def told(
    client: Client, method: str, order_id: str, what: str, body: object, **headers: str
) -> tuple[int, dict[str, Any]]:
    answer = await client.send(method, f"/orders/{order_id}/{what}", json=body, headers=headers)
    return answer.status, await answer.json()


async def shown(client: Client, order_id: str) -> dict[str, Any]:
    found: dict[str, Any] = await (await client.send("GET", f"/orders/{order_id}")).json()
    return found


async def test_a_held_order_goes_on_when_it_is_released(client: Client) -> None:
    order_id = await client.create()

    status, held = await told(client, "POST", order_id, "hold", HOLD)
    assert (status, held["on_hold"], held["hold_reason"], held["version"]) == (200, True, "address unclear", 2)
    assert (held["state"], held["allowed_transitions"]) == ("created", ["cancelled", "failed"])

    refused = await client.move(order_id, "confirmed")
    problem = await refused.json()
    assert (refused.status, problem["type"], problem["hold_reason"]) == (409, "order-on-hold", "address unclear")

    status, free = await told(client, "POST", order_id, "release", {})
    assert (status, free["on_hold"], free["hold_reason"], free["version"]) == (200, False, None, 3)
    assert (await client.move(order_id, "confirmed")).status == 200


async def test_items_are_amended_until_the_order_is_picked_up(client: Client) -> None:
    order_id = await client.create()
    status, order = await told(client, "PUT", order_id, "items", {"items": OTHERS})
    assert (status, order["items"], order["total"], order["version"]) == (200, OTHERS, 12.5, 2)

    await client.move(order_id, "picked_up")
    status, problem = await told(client, "PUT", order_id, "items", {"items": ORDER["items"]})
    assert (status, problem["type"]) == (409, "transition-not-allowed")


async def test_a_dry_run_shows_what_would_be_and_sends_nothing(client: Client) -> None:
    order_id = await client.create()
    before, sent = await shown(client, order_id), len(client.loop.taken)

    status, order = await told(client, "PUT", order_id, "items", {"items": OTHERS, "dry_run": True})

    assert (status, order) == (200, before | {"items": OTHERS, "total": 12.5, "dry_run": True})
    assert (await shown(client, order_id), len(client.loop.taken)) == (before, sent)


async def test_a_dry_run_of_the_same_items_shows_the_order_as_it_is(client: Client) -> None:
    order_id = await client.create()
    status, order = await told(client, "PUT", order_id, "items", {"items": ORDER["items"], "dry_run": True})
    assert (status, order) == (200, await shown(client, order_id) | {"dry_run": True})


@pytest.mark.parametrize("dry_run", [True, False])
async def test_a_dry_run_is_refused_as_the_real_one_would_be(client: Client, *, dry_run: bool) -> None:
    order_id = await client.create()
    body = {"items": OTHERS, "dry_run": dry_run}
    dear = [ORDER["items"][0] | {"quantity": 1_000_000, "price": 10**9}]  # type: ignore[index]

    refusals = [
        await told(client, "PUT", order_id, "items", body, **{"If-Match": '"7"'}),
        await told(client, "PUT", order_id, "items", body | {"expected_version": 7}),
        await told(client, "PUT", order_id, "items", body | {"items": dear}),
        await told(client, "PUT", order_id, "items", body | {"items": []}),
        await told(client, "PUT", "ord_unknown", "items", body),
        await told(client, "PUT", order_id, "items", body, **{"Idempotency-Key": "two words"}),
    ]
    await client.move(order_id, "in_transit")
    refusals.append(await told(client, "PUT", order_id, "items", body))

    assert [(status, problem["type"]) for status, problem in refusals] == [
        (412, "precondition-failed"),
        (409, "version-conflict"),
        (422, "validation"),
        (422, "validation"),
        (404, "order-not-found"),
        (400, "malformed-header"),
        (409, "transition-not-allowed"),
    ]
    assert all("command" in problem.get("links", {}) for _, problem in refusals[-1:]) is not dry_run


async def test_a_correction_goes_where_the_lifecycle_does_not(client: Client) -> None:
    order_id = await client.create()
    await client.move(order_id, "in_transit")
    await client.move(order_id, "delivered")

    said = {
        "reason": "scanned twice",
        "state": "in_transit",
        "items": OTHERS,
        "note": "n",
        "location": {"lat": 1, "lon": 2},
    }
    status, order = await told(client, "POST", order_id, "corrections", said)

    assert (status, order["state"], order["total"], order["version"]) == (200, "in_transit", 12.5, 4)
    history = (await (await client.send("GET", f"/orders/{order_id}/history")).json())["history"]
    assert [entry["type"] for entry in history] == [
        *("order.created", "order.state_changed", "order.state_changed", "order.corrected"),
    ]
    assert [entry["items"] for entry in history] == [ORDER["items"], None, None, OTHERS]
    assert [entry["total"] for entry in history] == [100.0, None, None, 12.5]
    corrected = history[-1]
    assert (corrected["from"], corrected["to"], corrected["reason"]) == ("delivered", "in_transit", "scanned twice")
    assert (corrected["note"], corrected["location"]) == ("n", {"lat": 1, "lon": 2, "label": None})


async def test_a_correction_of_nothing_names_what_it_lacks(client: Client) -> None:
    order_id = await client.create()
    status, problem = await told(client, "POST", order_id, "corrections", {"reason": "r"})
    assert (status, problem["type"], problem["errors"][0]["pointer"]) == (422, "validation", "#")


async def test_failed_attempts_are_counted(client: Client) -> None:
    order_id = await client.create()
    for state in ("out_for_delivery", "attempt_failed", "out_for_delivery", "attempt_failed"):
        assert (await client.move(order_id, state)).status == 200
    assert (await shown(client, order_id))["failed_attempts"] == 2


@pytest.mark.parametrize(
    ("method", "what", "body"),
    [
        ("POST", "hold", HOLD),
        ("POST", "release", {}),
        ("PUT", "items", {"items": OTHERS}),
        ("POST", "corrections", {"reason": "r", "state": "failed"}),
    ],
)
async def test_every_kind_of_change_is_as_the_others(
    client: Client, method: str, what: str, body: dict[str, Any]
) -> None:
    """Repeated under a key, guarded by a version, taken without waiting, linked from the order, refused when wrong."""
    order_id = await client.create()
    if what == "release":
        await told(client, "POST", order_id, "hold", HOLD)
    version = (await shown(client, order_id))["version"]
    path = (await shown(client, order_id))["links"][what]

    stale = await client.send(method, path, json=body, headers={"If-Match": '"9"'})
    wrong = await client.send(method, path, json=body | {"colour": "red"})
    unknown = await client.send(method, f"/orders/ord_unknown/{what}", json=body)
    first = await client.send(method, path, json=body, headers={"Idempotency-Key": "k", "If-Match": f'"{version}"'})
    again = await client.send(method, path, json=body, headers={"Idempotency-Key": "k", "If-Match": f'"{version}"'})
    later = await client.send(method, path, json=body, headers={"Prefer": "respond-async"})

    assert [answer.status for answer in (stale, wrong, unknown, first, again, later)] == [412, 422, 404, 200, 200, 202]
    assert (first.headers["ETag"], again.headers["Idempotent-Replayed"]) == (f'"{version + 1}"', "true")
    outcome = await (await client.send("GET", later.headers["Location"])).json()
    assert outcome["status"] == "unchanged"
