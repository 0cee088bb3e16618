"""One Idempotency-Key on two facades that share Kafka, MongoDB and Redis."""

import asyncio

from aiohttp import ClientSession

from orderflow.wire.records import Topic
from tests.documented import documented
from tests.e2e.deployment import Deployment

ORDER = {"client_id": "client-123", "items": [{"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}]}
KEY = {"Idempotency-Key": '"k-1"'}


async def asked(url: str, headers: dict[str, str], **fields: object) -> tuple[int, str, dict[str, str]]:
    """Status, what the body says of itself, and the headers."""
    async with (
        ClientSession(url, middlewares=(documented,)) as client,
        client.post("/orders", json=ORDER | fields, headers=headers) as answer,
    ):
        body = await answer.json()
        return answer.status, body.get("type") or body["order_id"], dict(answer.headers)


async def test_a_key_counts_on_every_facade_and_has_one_effect(deployment: Deployment) -> None:
    one, other = (await deployment.web()).url, (await deployment.web()).url
    at_once = {**KEY, "Prefer": "respond-async"}
    status, order_id, _ = await asked(one, at_once)
    assert status == 202
    assert (await asked(other, at_once))[:2] == (409, "idempotency-in-progress")
    assert (await asked(other, at_once, actor="another"))[:2] == (422, "command-id-reused")
    waiting = asyncio.gather(*(asked(url, {**KEY, "Prefer": "wait=30"}) for url in (one, other)))
    await deployment.worker()
    for answer in await waiting:
        assert (*answer[:2], answer[2]["Idempotent-Replayed"]) == (201, order_id, "true")
    assert (await asked(other, at_once))[:2] == (201, order_id)
    await asked(one, {"Idempotency-Key": "k-2", "Prefer": "wait=30"})
    assert len(await deployment.read(Topic.EVENTS, lambda records: len(records) >= 2)) == 2
