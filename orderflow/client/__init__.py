"""A client of the HTTP facade for programs in asyncio: typed, patient, and safe to repeat.

    async with OrderflowClient("http://127.0.0.1:8080") as orderflow:
        order = await orderflow.create(
            client_id="client-123", items=[{"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}]
        )
        order = await orderflow.change_state(order["order_id"], State.IN_TRANSIT)
        async for listed in orderflow.list(client_id="client-123", state=[State.IN_TRANSIT]):
            print(listed["order_id"], listed["version"])

It needs aiohttp and tenacity, and nothing else of orderflow but the shapes of its JSON.
"""

from orderflow.client.client import OrderflowClient
from orderflow.client.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
    OrderflowError,
    OutcomePendingError,
    PreconditionFailedError,
    RateLimitedError,
    UnauthenticatedError,
    UnavailableError,
    UnreachableError,
)
from orderflow.client.writes import Sent
from orderflow.domain.lifecycle import State
from orderflow.domain.outcome import Status

__all__ = [
    "ConflictError",
    "ForbiddenError",
    "InvalidError",
    "NotFoundError",
    "OrderflowClient",
    "OrderflowError",
    "OutcomePendingError",
    "PreconditionFailedError",
    "RateLimitedError",
    "Sent",
    "State",
    "Status",
    "UnauthenticatedError",
    "UnavailableError",
    "UnreachableError",
]
