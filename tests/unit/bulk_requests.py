"""Bulk requests on the in-memory loop, and what is read from their answers."""

import io
import json
from typing import Any

from aiohttp import ClientResponse

from tests.unit.facade_loop import ORDER, Client

KEY = {"Idempotency-Key": "k-1"}
ASYNC = {**KEY, "Prefer": "respond-async"}


async def create(client: Client, *orders: object, headers: dict[str, str] = KEY, stop: bool = False) -> ClientResponse:
    return await post(client, "/orders/bulk", {"orders": orders, "stop_on_error": stop}, headers)


async def move(client: Client, *changes: object, headers: dict[str, str] = KEY, stop: bool = False) -> ClientResponse:
    return await post(client, "/orders/bulk/state", {"changes": changes, "stop_on_error": stop}, headers)


async def post(client: Client, path: str, body: object, headers: dict[str, str]) -> ClientResponse:
    typed = {**headers, "Content-Type": "application/json"}
    return await client.send("POST", path, data=io.BytesIO(json.dumps(body).encode()), headers=typed)


def order(number: int, **fields: object) -> dict[str, object]:
    return {**ORDER, "actor": f"actor-{number}", **fields}


def change(order_id: str, state: str, **fields: object) -> dict[str, object]:
    return {"order_id": order_id, "new_state": state, **fields}


async def results(answer: ClientResponse) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await answer.json())["results"]
    return found


async def statuses(answer: ClientResponse) -> list[str]:
    return [result["status"] for result in await results(answer)]
