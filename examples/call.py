"""Place, move and list orders over HTTP: python examples/call.py [URL]."""

import asyncio
import os
import sys

from orderflow.client import ConflictError, OrderflowClient, State

URL = "http://127.0.0.1:8080"


async def main(url: str) -> None:
    async with OrderflowClient(url, api_key=os.environ.get("ORDERFLOW_API_KEY")) as orderflow:
        order = await orderflow.create(
            client_id="client-123", items=[{"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}]
        )
        print("created", order["order_id"], order["total"], order["currency"])
        order = await orderflow.change_state(order["order_id"], State.IN_TRANSIT, if_match=order["version"])
        try:
            await orderflow.change_state(order["order_id"], State.CONFIRMED)
        except ConflictError as error:
            print("refused", error.problem["detail"])
        async for found in orderflow.list(client_id="client-123", state=[State.IN_TRANSIT]):
            print("listed", found["order_id"], found["updated_at"].isoformat())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:2] or [URL]))
