"""What makes two commands the same: a SHA-256 over their canonical fields."""

import hashlib
from decimal import Decimal

import orjson

from orderflow.domain.commands import CancelOrder, ChangeState, Command, CreateOrder
from orderflow.domain.order import Item, Location


def fingerprint_of(command: Command) -> str:
    """64 hex digits, equal however numbers and times were written; `issued_at` does not count."""
    fields = _created(command) if isinstance(command, CreateOrder) else _changed(command)
    return hashlib.sha256(orjson.dumps(fields, option=orjson.OPT_UTC_Z)).hexdigest()


def _created(command: CreateOrder) -> list[object]:
    return [
        command.type,
        command.order_id,
        command.command_id,
        command.client_id,
        [_item(item) for item in command.items],
        command.currency,
        command.external_ref,
        command.placed_at.timestamp() if command.placed_at else None,
        command.actor,
    ]


def _changed(command: ChangeState | CancelOrder) -> list[object]:
    change = command if isinstance(command, ChangeState) else None
    return [
        command.type,
        command.order_id,
        command.command_id,
        change.new_state if change else None,
        command.expected_version,
        command.reason,
        command.note,
        _location(change.location) if change and change.location else None,
        command.actor,
        *([command.client_id] if command.client_id else []),
    ]


def _item(item: Item) -> list[object]:
    return [item.sku, item.name, item.quantity, _amount(item.price)]


def _amount(value: Decimal) -> str:
    return str(value.normalize() + 0)  # A zero loses its sign.


def _location(location: Location) -> list[object]:
    return [location.lat, location.lon, location.label]
