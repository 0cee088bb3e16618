"""What can be asked of orders, whatever is done with the answer."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypedDict, TypeVar, Unpack
from urllib.parse import quote
from uuid import uuid4

from orderflow.client.exchange import Request
from orderflow.domain.lifecycle import State
from orderflow.wire.shapes import Item, Location

A = TypeVar("A")


class WriteOptions(TypedDict, total=False):
    """What every write may say. Without a key of the caller's each gets one of its own, for its retries.

    `wait`: the call may take so many seconds, not the client's `timeout`.
    """

    idempotency_key: str
    wait: float
    traceparent: str
    actor: str


class ChangeOptions(WriteOptions, total=False):
    """What every change of an order may say. `if_match`: only if the order is still at that version."""

    if_match: int
    expected_version: int
    note: str


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
        moment = placed_at and placed_at.isoformat()
        return await self._write(_request("POST", "/orders", options, **said, placed_at=moment))

    async def change_state(
        self,
        order_id: str,
        new_state: State | str,
        *,
        reason: str | None = None,
        location: Location | None = None,
        **options: Unpack[ChangeOptions],
    ) -> A:
        said = {"new_state": new_state, "reason": reason, "location": location}
        return await self._write(_request("PUT", f"{order_path(order_id)}/state", options, **said))

    async def cancel(self, order_id: str, reason: str, **options: Unpack[ChangeOptions]) -> A:
        """Leads to `cancelled` or, once it was picked up, to `returning`."""
        return await self._write(_request("POST", f"{order_path(order_id)}/cancel", options, reason=reason))

    @abstractmethod
    async def _write(self, request: Request) -> A: ...


def order_path(order_id: str) -> str:
    return f"/orders/{quote(order_id, safe='')}"


def _request(method: str, path: str, options: ChangeOptions | WriteOptions, **said: Any) -> Request:  # noqa: ANN401 - JSON
    fields: dict[str, Any] = {**said, **options}
    key, seconds, traceparent, matched = (fields.pop(name, None) for name in _NO_FIELDS)
    headers = {"Idempotency-Key": key or uuid4().hex}
    if traceparent:
        headers["traceparent"] = traceparent
    if matched is not None:
        headers["If-Match"] = f'"{matched}"'
    body = {name: value for name, value in fields.items() if value is not None}
    return Request(method=method, path=path, body=body, headers=headers, seconds=seconds)


_NO_FIELDS = ("idempotency_key", "wait", "traceparent", "if_match")
