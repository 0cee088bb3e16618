"""What a write may say beside what it is about, and the request that it becomes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict
from urllib.parse import quote
from uuid import uuid4

from orderflow.client.exchange import Request
from orderflow.domain.lifecycle import State
from orderflow.wire.shapes import Item, Location


class RequestOptions(TypedDict, total=False):
    """What every write may say. Without a key of the caller's each gets one of its own, for its retries.

    `wait`: the call may take so many seconds, not the client's `timeout`.
    """

    idempotency_key: str
    wait: float
    traceparent: str


class WriteOptions(RequestOptions, total=False):
    """What every write of one order may say."""

    actor: str


class ChangeOptions(WriteOptions, total=False):
    """What every change of an order may say. `if_match`: only if the order is still at that version."""

    if_match: int
    expected_version: int
    note: str
    location: Location | None


class _NewOrder(TypedDict):
    client_id: str
    items: list[Item]


class NewOrder(_NewOrder, total=False):
    """An order of many, as `create` takes one."""

    currency: str | None
    external_ref: str | None
    placed_at: datetime | None
    actor: str | None


class _StateChange(TypedDict):
    order_id: str
    new_state: State | str


class StateChange(_StateChange, total=False):
    """A move of many, as `change_state` takes one."""

    expected_version: int | None
    reason: str | None
    note: str | None
    location: Location | None
    actor: str | None


def order_path(order_id: str, *parts: str) -> str:
    return "/".join(("/orders", quote(order_id, safe=""), *parts))


def write(
    method: str,
    path: str,
    options: RequestOptions,
    **said: Any,  # noqa: ANN401 - JSON
) -> Request:
    """What is None is not said."""
    fields: dict[str, Any] = {**said, **options}
    key, seconds, traceparent, matched = (fields.pop(name, None) for name in _NO_FIELDS)
    headers: Mapping[str, str | None] = {
        "Idempotency-Key": key or uuid4().hex,
        "traceparent": traceparent,
        "If-Match": None if matched is None else f'"{matched}"',
    }
    return Request(
        method=method,
        path=path,
        body={name: value for name, value in fields.items() if value is not None},
        headers={name: value for name, value in headers.items() if value},
        seconds=seconds,
    )


_NO_FIELDS = ("idempotency_key", "wait", "traceparent", "if_match")
