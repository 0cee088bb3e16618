"""Bulk requests through running roles: a thousand at once, and a facade that dies halfway."""

import signal
from typing import Any

from aiohttp import ClientSession

from orderflow.wire.records import Topic
from tests.documented import documented
from tests.e2e.deployment import Deployment
from tests.eventually import eventually

ORDER = {"client_id": "client-123", "items": [{"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}]}
PATIENT = {"Prefer": "wait=30", "Idempotency-Key": "k-1"}


async def post(url: str, path: str, headers: dict[str, str], **body: object) -> tuple[int, dict[str, Any]]:
    async with (
        ClientSession(url, middlewares=(documented,)) as client,
        client.post(path, json=body, headers=headers) as answer,
    ):
        return answer.status, await answer.json()


async def test_a_thousand_orders_are_taken_and_moved_once(deployment: Deployment) -> None:
    await deployment.worker()
    one, other = (await deployment.web()).url, (await deployment.web()).url
    orders = [{**ORDER, "external_ref": f"shop-{number}"} for number in range(1_000)]
    status, taken = await post(one, "/orders/bulk", PATIENT, orders=orders)
    assert (status, taken["counts"]["applied"]) == (200, 1_000)
    assert (await post(other, "/orders/bulk", PATIENT, orders=orders)) == (200, taken)
    changes = [{"order_id": result["order_id"], "new_state": "in_transit"} for result in taken["results"]]
    status, moved = await post(other, "/orders/bulk/state", PATIENT, changes=changes)
    assert (status, {result["version"] for result in moved["results"]}) == (200, {2})
    async with ClientSession(one) as client, client.get(moved["links"]["self"]) as answer:
        assert (await answer.json()) == moved
    await post(one, "/orders", PATIENT, **ORDER)
    assert len(await deployment.read(Topic.EVENTS, lambda records: len(records) >= 2_001)) == 2_001


async def test_a_job_whose_facade_dies_is_gone_on_with_elsewhere(deployment: Deployment) -> None:
    dying, other = await deployment.web(), (await deployment.web()).url
    orders = [{**ORDER, "external_ref": f"shop-{number}"} for number in range(5)]
    at_once = {**PATIENT, "Prefer": "respond-async"}
    status, job = await post(dying.url, "/orders/bulk", at_once, orders=orders, stop_on_error=True)
    assert (status, job["status"]) == (202, "running")
    assert (await post(other, "/orders/bulk", at_once, orders=orders, stop_on_error=True))[0] == 409
    dying.signal(signal.SIGKILL)

    async def interrupted() -> bool:
        async with ClientSession(other) as client, client.get(job["links"]["self"]) as answer:
            shown: str = (await answer.json())["status"]
            return shown == "interrupted"

    await eventually(interrupted, within=30)
    await deployment.worker()
    status, done = await post(other, "/orders/bulk", PATIENT, orders=orders, stop_on_error=True)
    assert (status, done["job_id"], done["counts"]["applied"]) == (200, job["job_id"], 5)
    assert len(await deployment.read(Topic.EVENTS, lambda records: len(records) >= 5)) == 5
