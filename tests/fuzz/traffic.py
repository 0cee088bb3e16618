"""Valid commands of every type over a few orders at a time, so that they meet: repeats, reused ids, stale versions."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from orderflow.domain.commands import CommandType
from orderflow.domain.lifecycle import State

ORDERS, CLIENTS, REFERENCES, REUSED_IDS, MEMORY = 60, 3, 40, 12, 300
RETIRING = 0.08
WORDS = (
    "hub",
    "left at the door",
    "",
    "é\u0301 \U0001f69a",
    "\u202eright to left",
    "nul \x00 inside",
    "$where",
    "a.b",
    "~" * 1_000,
)
"""Texts that are valid anywhere but where one may not be empty."""

Fields = dict[str, Any]


@dataclass(slots=True)
class Traffic:
    """Makes one command after another. Orders are used until they are retired; `name` begins every order id."""

    random: Random
    name: str
    _numbers: Any = field(default_factory=count)
    _orders: list[str] = field(default_factory=list)
    _recent: deque[Fields] = field(default_factory=lambda: deque(maxlen=MEMORY))

    def next(self) -> Fields:
        if self._recent and self.random.random() < 0.08:
            return dict(self.random.choice(self._recent))
        command = self._command()
        self._recent.append(command)
        return dict(command)

    def _command(self) -> Fields:
        order_id, is_new = self._order()
        kind = CommandType.CREATE_ORDER if is_new else self.random.choice(KINDS)
        optional = {"actor": text(self.random), "issued_at": moment(self.random)}
        return {
            "type": str(kind),
            "command_id": self._command_id(),
            "order_id": order_id,
            **FIELDS[kind](self.random),
            **some(self.random, optional),
        }

    def _command_id(self) -> str:
        if self.random.random() < 0.15:
            return f"again-{self.random.randrange(REUSED_IDS)}"
        return f"c:{next(self._numbers)}"

    def _order(self) -> tuple[str, bool]:
        """One of those in use, or a new one."""
        if len(self._orders) < ORDERS:
            self._orders.append(f"{self.name}-{next(self._numbers)}")
            return self._orders[-1], True
        place = self.random.randrange(ORDERS)
        if self.random.random() < RETIRING:
            self._orders[place] = f"{self.name}-{next(self._numbers)}"
            return self._orders[place], True
        return self._orders[place], False


def some(random: Random, optional: Fields, share: float = 0.3) -> Fields:
    return {name: value for name, value in optional.items() if random.random() < share}


def text(random: Random, *, filled: bool = False) -> str:
    return random.choice(WORDS) or ("x" if filled else "")


def moment(random: Random) -> str:
    when = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(milliseconds=random.randrange(-(10**12), 10**12))
    return when.isoformat(timespec=random.choice(["seconds", "milliseconds", "microseconds"]))


def client(random: Random) -> str:
    return f"client-{random.randrange(CLIENTS)}"


def item(random: Random) -> Fields:
    return {
        "sku": text(random, filled=True),
        "name": text(random, filled=True),
        "quantity": random.choice([1, 2, 7, 1_000_000]),
        "price": random.choice([0, 0.0001, 12.5, 99_999.9999, 1e3]),
    }


def items(random: Random) -> list[Fields]:
    return [item(random) for _ in range(random.choice([1, 1, 2, 3, 12]))]


def _creation(random: Random) -> Fields:
    optional = {
        "currency": random.choice(["USD", "EUR", "XXX"]),
        "external_ref": f"shop-{random.randrange(REFERENCES)}",
        "placed_at": moment(random),
    }
    return {"client_id": client(random), "items": _affordable(random), **some(random, optional)}


def _affordable(random: Random) -> list[Fields]:
    """At most 12 items: 12 * 1e6 * 1e5 could break the limit of a total."""
    return [item_ | {"price": min(item_["price"], 5_000)} for item_ in items(random)]


def _change(random: Random) -> Fields:
    """What every change of an order may say."""
    location = {"lat": random.uniform(-90, 90), "lon": random.uniform(-180, 180)}
    location |= some(random, {"label": text(random)})
    said = {"expected_version": random.randint(1, 12), "note": text(random), "location": location}
    return some(random, said | {"reason": text(random)}, 0.2) | some(random, {"client_id": client(random)}, 0.1)


def _state_change(random: Random) -> Fields:
    return {**_change(random), "new_state": str(random.choice(ASKED))}


def _with_reason(random: Random) -> Fields:
    return {**_change(random), "reason": text(random, filled=True)}


def _amendment(random: Random) -> Fields:
    dry_run = {"dry_run": random.random() < 0.5}
    return {**_change(random), "items": _affordable(random), **some(random, dry_run)}


def _correction(random: Random) -> Fields:
    what = some(random, {"items": _affordable(random)}) or {"state": str(random.choice(ASKED))}
    return {**_with_reason(random), **what}


FIELDS: Mapping[CommandType, Callable[[Random], Fields]] = {
    CommandType.CREATE_ORDER: _creation,
    CommandType.CHANGE_STATE: _state_change,
    CommandType.CANCEL_ORDER: _with_reason,
    CommandType.HOLD_ORDER: _with_reason,
    CommandType.RELEASE_ORDER: _change,
    CommandType.AMEND_ORDER: _amendment,
    CommandType.CORRECT_ORDER: _correction,
}
"""What a command of each type says beside its ids."""
KINDS = [*CommandType, CommandType.CREATE_ORDER, *[CommandType.CHANGE_STATE] * 3 * len(CommandType)]
ASKED = [*State, *[State.CONFIRMED, State.PICKED_UP, State.OUT_FOR_DELIVERY, State.ATTEMPT_FAILED] * 8]
"""Most often what changes something."""
