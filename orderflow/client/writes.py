"""What can be asked of orders, whatever is done with the answer."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar, Unpack

from orderflow.client.exchange import Request
from orderflow.client.options import (
    ChangeOptions,
    NewOrder,
    RequestOptions,
    StateChange,
    WriteOptions,
    order_path,
    write,
)
from orderflow.domain.lifecycle import State
from orderflow.wire.job_shapes import Job
from orderflow.wire.shapes import Item

A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A command that Kafka has. `command_id` is None for a repeat whose outcome was known already."""

    order_id: str
    command_id: str | None


class Writes(ABC, Generic[A]):
    """A write raises OrderflowError; repeated with its `idempotency_key` it has one effect, and the first result."""

    async def create(
        self,
        *,
        client_id: str,
        items: Sequence[Item],
        currency: str | None = None,
        external_ref: str | None = None,
        placed_at: datetime | None = None,
        **options: Unpack[WriteOptions],
    ) -> A:
        said = {"client_id": client_id, "items": items, "currency": currency, "external_ref": external_ref}
        return await self._write(write("POST", "/orders", options, **said, placed_at=placed_at))

    async def change_state(
        self, order_id: str, new_state: State | str, *, reason: str | None = None, **options: Unpack[ChangeOptions]
    ) -> A:
        return await self._write(
            write("PUT", order_path(order_id, "state"), options, new_state=new_state, reason=reason)
        )

    async def cancel(self, order_id: str, reason: str, **options: Unpack[ChangeOptions]) -> A:
        """Leads to `cancelled` or, once it was picked up, to `returning`."""
        return await self._write(write("POST", order_path(order_id, "cancel"), options, reason=reason))

    async def hold(self, order_id: str, reason: str, **options: Unpack[ChangeOptions]) -> A:
        """Until it is released the order moves forward no more."""
        return await self._write(write("POST", order_path(order_id, "hold"), options, reason=reason))

    async def release(self, order_id: str, *, reason: str | None = None, **options: Unpack[ChangeOptions]) -> A:
        return await self._write(write("POST", order_path(order_id, "release"), options, reason=reason))

    async def amend(
        self, order_id: str, items: Sequence[Item], *, reason: str | None = None, **options: Unpack[ChangeOptions]
    ) -> A:
        """Gives the order these items, until it is picked up."""
        return await self._write(write("PUT", order_path(order_id, "items"), options, items=items, reason=reason))

    async def correct(
        self,
        order_id: str,
        reason: str,
        *,
        state: State | str | None = None,
        items: Sequence[Item] | None = None,
        **options: Unpack[ChangeOptions],
    ) -> A:
        """Sets state, items or both, whatever the lifecycle says. Needs the scope `orders:correct`."""
        said = {"reason": reason, "state": state, "items": items}
        return await self._write(write("POST", order_path(order_id, "corrections"), options, **said))

    async def create_many(
        self, orders: Sequence[NewOrder], *, stop_on_error: bool = False, **options: Unpack[RequestOptions]
    ) -> Job:
        """Up to 1 000, each with a result of its own: look at `counts`, for a rejected one raises nothing."""
        return await self._write_many(
            write("POST", "/orders/bulk", options, orders=orders, stop_on_error=stop_on_error)
        )

    async def change_states(
        self, changes: Sequence[StateChange], *, stop_on_error: bool = False, **options: Unpack[RequestOptions]
    ) -> Job:
        """Up to 1 000 moves, as `create_many`."""
        return await self._write_many(
            write("POST", "/orders/bulk/state", options, changes=changes, stop_on_error=stop_on_error)
        )

    @abstractmethod
    async def _write(self, request: Request) -> A: ...

    @abstractmethod
    async def _write_many(self, request: Request) -> Job: ...
