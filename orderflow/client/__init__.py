"""A client of the HTTP facade for programs in asyncio: typed, patient, and safe to repeat.

    async with OrderflowClient("http://127.0.0.1:8080") as orderflow:
        order = await orderflow.create(
            client_id="client-123", items=[{"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}]
        )
        order = await orderflow.change_state(order["order_id"], State.IN_TRANSIT)
        async for listed in orderflow.list(client_id="client-123", state=[State.IN_TRANSIT]):
            print(listed["order_id"], listed["version"])
        async for event in orderflow.events(client_id="client-123"):
            print(event if isinstance(event, Reset) else event["event_id"])

It needs aiohttp, tenacity and what types are made of, and nothing else of orderflow but the shapes of its JSON.
"""

from orderflow.client.client import OrderflowClient
from orderflow.client.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    JobUnfinishedError,
    NotFoundError,
    OrderflowError,
    OutcomePendingError,
    PreconditionFailedError,
    RateLimitedError,
    UnauthenticatedError,
    UnavailableError,
    UnreachableError,
)
from orderflow.client.options import NewOrder, StateChange
from orderflow.client.streams import EventStream, Reset
from orderflow.client.writes import Sent
from orderflow.domain.events import EventType
from orderflow.domain.lifecycle import State
from orderflow.domain.listing import Sort
from orderflow.domain.outcome import Status
from orderflow.wire.item_status import ItemStatus

__all__ = [
    "ConflictError",
    "EventStream",
    "EventType",
    "ForbiddenError",
    "InvalidError",
    "ItemStatus",
    "JobUnfinishedError",
    "NewOrder",
    "NotFoundError",
    "OrderflowClient",
    "OrderflowError",
    "OutcomePendingError",
    "PreconditionFailedError",
    "RateLimitedError",
    "Reset",
    "Sent",
    "Sort",
    "State",
    "StateChange",
    "Status",
    "UnauthenticatedError",
    "UnavailableError",
    "UnreachableError",
]
