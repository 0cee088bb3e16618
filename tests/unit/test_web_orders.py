"""Orders over HTTP on the in-memory loop: what a client sends, and what it gets."""

import json

import pytest

from tests.unit.facade_loop import ORDER, Client


async def test_a_new_order_is_answered_with_its_place_and_itself(client: Client) -> None:
    answer = await client.send("POST", "/orders", json=ORDER)
    order = await answer.json()
    assert (answer.status, answer.headers["Location"]) == (201, order["links"]["self"])
    assert (order["state"], order["total"], order["version"], order["currency"]) == ("created", 100.0, 1, "USD")
    assert answer.headers["ETag"] == '"1"'
    assert "Preference-Applied" not in answer.headers


async def test_an_order_moves_and_is_cancelled(client: Client) -> None:
    order_id = await client.create()
    moved = await client.move(order_id, "confirmed")
    assert (moved.status, (await moved.json())["version"], moved.headers["ETag"]) == (200, 2, '"2"')
    gone = await client.send("POST", f"/orders/{order_id}/cancel", json={"reason": "customer changed mind"})
    assert (gone.status, (await gone.json())["state"]) == (200, "cancelled")


async def test_the_state_an_order_has_is_no_change(client: Client) -> None:
    order_id = await client.create()
    same = await client.move(order_id, "created")
    assert (same.status, (await same.json())["version"]) == (200, 1)


async def test_an_illegal_transition_says_what_is_allowed(client: Client) -> None:
    order_id = await client.create()
    refused = await client.move(order_id, "delivered")
    problem = await refused.json()
    assert (refused.status, problem["type"], problem["status"]) == (409, "transition-not-allowed", 409)
    assert (problem["current"], problem["requested"]) == ("created", "delivered")
    assert "in_transit" in problem["allowed"]
    assert refused.content_type == "application/problem+json"


@pytest.mark.parametrize("order_id", ["ord_unknown", "not%20an%20id", "%FF", "x" * 200, "%00", "a%2Fb"])
async def test_an_unknown_order_is_not_found(client: Client, order_id: str) -> None:
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/history", None),
        ("PUT", "/state", {"new_state": "confirmed"}),
        ("POST", "/cancel", {"reason": "r"}),
    ):
        answer = await client.send(method, f"/orders/{order_id}{path}", json=body)
        assert (answer.status, (await answer.json())["type"]) == (404, "order-not-found"), (method, path)


async def test_an_expected_version_in_the_body_conflicts_and_in_if_match_fails(client: Client) -> None:
    order_id = await client.create()
    path, body = f"/orders/{order_id}/state", {"new_state": "confirmed"}
    conflict = await client.send("PUT", path, json={**body, "expected_version": 7})
    failed = await client.send("PUT", path, json=body, headers={"If-Match": '"7"'})
    assert (conflict.status, (await conflict.json())["type"]) == (409, "version-conflict")
    problem = await failed.json()
    assert (failed.status, problem["type"], problem["current_version"]) == (412, "precondition-failed", 1)
    assert (await client.send("PUT", path, json=body, headers={"If-Match": '"1"'})).status == 200


async def test_a_retry_with_the_same_key_gets_the_first_result(client: Client) -> None:
    headers = {"Idempotency-Key": '"once"'}
    first = await client.send("POST", "/orders", json=ORDER, headers=headers)
    order_id = (await first.json())["order_id"]
    await client.move(order_id, "confirmed")
    again = await client.send("POST", "/orders", json=ORDER, headers=headers)
    order = await again.json()
    assert (again.status, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert (order["order_id"], order["state"]) == (order_id, "confirmed")
    assert "Idempotent-Replayed" not in first.headers


async def test_another_body_under_the_same_key_is_refused(client: Client) -> None:
    headers = {"Idempotency-Key": "once"}
    await client.send("POST", "/orders", json=ORDER, headers=headers)
    other = await client.send("POST", "/orders", json=ORDER | {"actor": "bob"}, headers=headers)
    assert (other.status, (await other.json())["type"]) == (422, "command-id-reused")


async def test_one_key_serves_every_resource(client: Client) -> None:
    headers = {"Idempotency-Key": "once"}
    order_id = (await (await client.send("POST", "/orders", json=ORDER, headers=headers)).json())["order_id"]
    moved = await client.move(order_id, "confirmed", headers=headers)
    cancelled = await client.send("POST", f"/orders/{order_id}/cancel", json={"reason": "r"}, headers=headers)
    assert (moved.status, (await cancelled.json())["state"]) == (200, "cancelled")


async def test_a_trace_goes_with_the_command(client: Client) -> None:
    trace = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    await client.send("POST", "/orders", json=ORDER, headers={"traceparent": trace})
    assert client.loop.taken[0].headers == [("traceparent", trace.encode())]


async def test_the_history_shows_every_change(client: Client) -> None:
    order_id = await client.create()
    await client.move(order_id, "confirmed")
    history = (await (await client.send("GET", f"/orders/{order_id}/history")).json())["history"]
    assert [(change["version"], change["from"], change["to"]) for change in history] == [
        (1, None, "created"),
        (2, "created", "confirmed"),
    ]


async def test_a_rejected_command_is_found_again(client: Client) -> None:
    order_id = await client.create()
    refused = await (await client.move(order_id, "delivered")).json()
    outcome = await (await client.send("GET", refused["links"]["command"])).json()
    assert (outcome["status"], outcome["error"]["type"]) == ("rejected", "transition-not-allowed")


@pytest.mark.parametrize("command_id", ["cmd_unknown", "not%20an%20id", "%FF"])
async def test_an_unknown_command_is_not_found(client: Client, command_id: str) -> None:
    order_id = await client.create()
    answer = await client.send("GET", f"/orders/{order_id}/commands/{command_id}")
    assert (answer.status, (await answer.json())["type"]) == (404, "command-not-found")


async def test_a_command_of_what_can_be_no_order_is_not_found(client: Client) -> None:
    answer = await client.send("GET", "/orders/not%20an%20id/commands/cmd_1")
    assert (answer.status, (await answer.json())["type"]) == (404, "order-not-found")


async def test_a_body_whose_record_would_be_too_large_is_refused(client: Client) -> None:
    items = [{"sku": "x" * 1000, "name": "x" * 1000, "quantity": 1, "price": 1} for _ in range(500)]
    missing = 2**20 - len(compact(ORDER | {"items": items}))
    for item in items:
        wide = min(missing, 1000)
        item["name"] = "\u00e9" * wide + "x" * (1000 - wide)
        missing -= wide
    body = compact(ORDER | {"items": items})
    assert len(body) == 2**20
    answer = await client.send("POST", "/orders", data=body, headers={"Content-Type": "application/json"})
    assert (answer.status, (await answer.json())["type"]) == (413, "too-large")


def compact(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
