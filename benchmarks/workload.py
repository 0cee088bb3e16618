"""The commands that every contestant gets: the same records, in the same order, on the same partitions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import orjson

from orderflow.wire.records import Message, Topic

CLIENTS = 997
STORED = "stored-"
"""How the ids of orders begin that exist before the commands come."""

_ITEMS = [
    {"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0},
    {"sku": "P002", "name": "Package B", "quantity": 1, "price": 12.5},
]


@dataclass(frozen=True, slots=True)
class Workload:
    """`stored` are the orders that must exist before."""

    name: str
    commands: list[Message]
    stored: list[str]


def creates(commands: int, name: str = "new") -> Workload:
    """Nothing but new orders; `name` begins their ids."""
    return Workload("creates", [_create(f"{name}-{number}") for number in range(commands)], [])


def one_to_three(commands: int) -> Workload:
    """A creation for every three changes: one of the new order, two of one that was stored long ago.

    The two commands of an order follow each other on its partition, so whoever takes batches, and however, folds two
    commands per order and finds creations and changes of stored orders in each batch.
    """
    groups = range(commands // 4)
    return Workload("1:3", [each for number in groups for each in _four(number)], [f"{STORED}{n}" for n in groups])


WORKLOADS: dict[str, Callable[[int], Workload]] = {"creates": creates, "1:3": one_to_three}


def client_of(number: int) -> str:
    return f"client-{number % CLIENTS}"


def _four(number: int) -> Iterator[Message]:
    yield _create(f"new-{number}")
    yield _change(f"new-{number}", "confirmed")
    yield _change(f"{STORED}{number}", "confirmed")
    yield _change(f"{STORED}{number}", "in_transit")


def _create(order_id: str) -> Message:
    fields = {"client_id": client_of(int(order_id.rpartition("-")[2])), "items": _ITEMS, "external_ref": order_id}
    return _message(order_id, type="create_order", command_id="create", **fields)


def _change(order_id: str, new_state: str) -> Message:
    return _message(order_id, type="change_state", command_id=f"to-{new_state}", new_state=new_state)


def _message(order_id: str, **fields: object) -> Message:
    value = orjson.dumps({"order_id": order_id, **fields})
    return Message(topic=Topic.COMMANDS, key=order_id.encode(), value=value)
