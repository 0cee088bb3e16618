"""A seeded mix of command records: good ones, illegal ones, exceptions, repeats, reused ids, strangers and poison."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

import orjson

from orderflow.wire.records import Message, Topic
from tests.chaos.promises import Command

ROAD = ("confirmed", "assigned", "picked_up", "in_transit", "out_for_delivery", "delivered")
CLIENTS = 40
MEMORY = 400
DRY_SHARE = 0.3
POISON = "poison"
"""Part of the key of every record that cannot be read."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A record, and the command that it is; None for poison."""

    message: Message
    command: Command | None


def order_fields(random: Random, client_id: str, external_ref: str) -> dict[str, Any]:
    """A creation's body."""
    return {"client_id": client_id, "items": _items(random), "external_ref": external_ref}


def _items(random: Random) -> list[dict[str, Any]]:
    return [
        {"sku": f"P{random.randrange(900):03}", "name": "Package", "quantity": random.randint(1, 9), "price": 12.5}
        for _ in range(random.randint(1, 4))
    ]


@dataclass(slots=True)
class Mix:
    """Makes one record after another; orders live until they are delivered or forgotten. `name` begins every id."""

    random: Random
    name: str
    _numbers: Any = field(default_factory=count)
    _ahead: dict[str, list[str]] = field(default_factory=dict)
    _recent: deque[Sent] = field(default_factory=lambda: deque(maxlen=MEMORY))

    def next(self) -> Sent:
        makers, weights = zip(*self._kinds(), strict=True)
        made: Sent = self.random.choices(makers, weights)[0]()
        if made.command:
            self._recent.append(made)
        return made

    def _kinds(self) -> list[tuple[Callable[[], Sent], int]]:
        if len(self._recent) < MEMORY // 4:
            return [(self._create, 1)]
        return [
            (self._create, 24),
            (self._move, 50),
            (self._illegal, 6),
            (self._cancel, 2),
            (self._hold, 2),
            (self._release, 3),
            (self._amend, 3),
            (self._correct, 1),
            (self._repeat, 8),
            (self._reuse, 3),
            (self._stranger, 3),
            (self._taken, 2),
            (self._poison, 2),
        ]

    def _create(self) -> Sent:
        number = next(self._numbers)
        order_id = f"{self.name}-{number}"
        self._ahead[order_id] = list(ROAD)
        if len(self._ahead) > MEMORY:
            self._ahead.pop(next(iter(self._ahead)))
        fields = order_fields(self.random, _client(number), order_id)
        return _sent(order_id, type="create_order", command_id="create", **fields)

    def _move(self) -> Sent:
        order_id = self._order()
        ahead = self._ahead[order_id]
        if len(ahead) == 1:
            del self._ahead[order_id]
        return self._change(order_id, ahead.pop(0))

    def _illegal(self) -> Sent:
        return self._change(self._order(), "created")

    def _cancel(self) -> Sent:
        command_id = f"cancel-{next(self._numbers)}"
        return _sent(self._order(), type="cancel_order", command_id=command_id, reason="chaos")

    def _hold(self) -> Sent:
        command_id = f"hold-{next(self._numbers)}"
        return _sent(self._order(), type="hold_order", command_id=command_id, reason="chaos")

    def _release(self) -> Sent:
        return _sent(self._order(), type="release_order", command_id=f"release-{next(self._numbers)}")

    def _amend(self) -> Sent:
        """Now and then only to see whether it would do."""
        fields = {"items": _items(self.random), "dry_run": self.random.random() < DRY_SHARE}
        return _sent(self._order(), type="amend_order", command_id=f"amend-{next(self._numbers)}", **fields)

    def _correct(self) -> Sent:
        command_id, state = f"correct-{next(self._numbers)}", self.random.choice(ROAD)
        return _sent(self._order(), type="correct_order", command_id=command_id, reason="chaos", state=state)

    def _repeat(self) -> Sent:
        return self.random.choice(self._recent)

    def _reuse(self) -> Sent:
        """The same id, other content."""
        found = self.random.choice(self._recent)
        order_id, command_id = found.command or ("", "")
        return _sent(order_id, type="cancel_order", command_id=command_id, reason="another meaning")

    def _stranger(self) -> Sent:
        return self._change(f"{self.name}-nobody-{next(self._numbers)}", "confirmed")

    def _taken(self) -> Sent:
        """A second order for a reference that may have one."""
        number, taken = next(self._numbers), self._order()
        fields = order_fields(self.random, _client(int(taken.rpartition("-")[2])), taken)
        return _sent(f"{self.name}-taken-{number}", type="create_order", command_id="create", **fields)

    def _poison(self) -> Sent:
        key = f"{self.name}-{POISON}-{next(self._numbers)}".encode()
        return Sent(Message(topic=Topic.COMMANDS, key=key, value=b"not json"), None)

    def _order(self) -> str:
        return self.random.choice(list(self._ahead))

    def _change(self, order_id: str, new_state: str) -> Sent:
        command_id = f"to-{new_state}-{next(self._numbers)}"
        return _sent(order_id, type="change_state", command_id=command_id, new_state=new_state)


def _client(number: int) -> str:
    return f"client-{number % CLIENTS}"


def _sent(order_id: str, **fields: object) -> Sent:
    value = orjson.dumps({"order_id": order_id, **fields})
    return Sent(
        Message(topic=Topic.COMMANDS, key=order_id.encode(), value=value), (order_id, str(fields["command_id"]))
    )
