"""What happens to orders on an ordinary day, over HTTP: some stand there already, and others come and go."""

import asyncio
import math
import random
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from aiohttp import ClientSession

GOODS = [("P001", "Package A", 50.0), ("P002", "Package B", 12.5), ("P003", "Crate", 120.0)]
CLIENTS = ["north-mill", "harbour-books", "client-123", "old-town-deli", "green-lane"]
NEXT = {
    "created": ["confirmed"] * 16 + ["cancelled"],
    "confirmed": ["assigned"],
    "assigned": ["picked_up"],
    "picked_up": ["in_transit"],
    "in_transit": ["out_for_delivery"],
    "out_for_delivery": ["delivered"] * 12 + ["attempt_failed"],
    "attempt_failed": ["out_for_delivery", "returning"],
    "returning": ["returned"],
}
STOCK: Mapping[tuple[str, ...], int] = {
    (): 64,
    ("confirmed",): 81,
    ("confirmed", "assigned"): 47,
    ("in_transit",): 142,
    ("in_transit", "out_for_delivery"): 55,
    ("in_transit", "out_for_delivery", "attempt_failed"): 9,
    ("in_transit", "returning"): 11,
    ("in_transit", "returning", "returned"): 19,
    ("cancelled",): 28,
    ("failed",): 4,
    ("in_transit", "out_for_delivery", "delivered"): 330,
}
PAUSE = 1.2
HANDS = 130


class Street:
    """Everything is drawn from one seed."""

    def __init__(self, url: str) -> None:
        self._http = ClientSession(url)
        self._random = random.Random(7)  # noqa: S311 - a seed fixes it

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    async def stock(self) -> None:
        """Orders that are on their way already, some on hold."""
        for way, number in STOCK.items():
            made = await self._ask("POST", "/orders/bulk", {"orders": [self._order() for _ in range(number)]})
            ids = [item["order_id"] for item in made["results"]]
            for state in way:
                changes = [{"order_id": order_id, "new_state": state} for order_id in ids]
                await self._ask("POST", "/orders/bulk/state", {"changes": changes})
            if way == ("confirmed",):
                for order_id in ids[:7]:
                    await self._ask("POST", f"/orders/{order_id}/hold", {"reason": "address unclear"})

    async def live(self) -> None:
        """Until cancelled: many hands, each with one order at a time."""
        async with asyncio.TaskGroup() as hands:
            for _ in range(HANDS):
                hands.create_task(self._carry())

    async def _carry(self) -> None:
        while True:
            await self._rest()
            order = await self._ask("POST", "/orders", self._order())
            state = order["state"]
            while state in NEXT:
                await self._rest()
                state = self._random.choice(NEXT[state])
                body = {"new_state": state, "actor": self._random.choice(["alice", "bob", "dock-4"])}
                await self._ask("PUT", f"/orders/{order['order_id']}/state", body)

    async def _rest(self) -> None:
        """Shorter and longer in waves, as a day has."""
        wave = 1.6 + math.sin(time.monotonic() / 14)
        await asyncio.sleep(self._random.expovariate(1 / (PAUSE * wave)))

    def _order(self) -> dict[str, object]:
        sku, name, price = self._random.choice(GOODS)
        items = [{"sku": sku, "name": name, "quantity": self._random.randint(1, 5), "price": price}]
        return {"client_id": self._random.choice(CLIENTS), "items": items}

    async def _ask(self, method: str, path: str, body: object) -> Any:  # noqa: ANN401 - JSON
        async with self._http.request(method, path, json=body, headers={"Prefer": "wait=30"}) as answer:
            assert answer.ok, await answer.text()
            return await answer.json()
