"""What makes two commands the same: a SHA-256 over their canonical fields."""

import hashlib
from decimal import Decimal

import orjson

from orderflow.domain.commands import AmendOrder, ChangeCommand, ChangeState, Command, CorrectOrder, CreateOrder
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
        _items(command.items),
        command.currency,
        command.external_ref,
        command.placed_at.timestamp() if command.placed_at else None,
        command.actor,
    ]


def _changed(command: ChangeCommand) -> list[object]:
    return [
        command.type,
        command.order_id,
        command.command_id,
        _asked(command),
        command.expected_version,
        command.reason,
        command.note,
        _location(command.location) if command.location else None,
        command.actor,
        *([command.client_id] if command.client_id else []),
    ]


def _asked(command: ChangeCommand) -> object:
    """What is to change, where the type alone does not say it."""
    match command:
        case ChangeState():
            return command.new_state
        case AmendOrder():
            return [_items(command.items), command.dry_run]
        case CorrectOrder():
            return [command.state, _items(command.items) if command.items else None]
        case _:
            return None


def _items(items: tuple[Item, ...]) -> list[list[object]]:
    return [_item(item) for item in items]


def _item(item: Item) -> list[object]:
    return [item.sku, item.name, item.quantity, _amount(item.price)]


def _amount(value: Decimal) -> str:
    return str(value.normalize() + 0)  # A zero loses its sign.


def _location(location: Location) -> list[object]:
    return [location.lat, location.lon, location.label]
