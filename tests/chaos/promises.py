"""What clients were promised during a run: an acknowledged record, or an answer to a request."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

Command = tuple[str, str]
"""Order id and command id: what identifies a command everywhere."""


@dataclass(slots=True, kw_only=True)
class Promises:
    """`accepted` commands must have an outcome; `done` and `refused` ones that very outcome; `poison`: keys of records.

    `orders_by_key`: the orders that requests under one idempotency key were answered with. `broken`: answers that no
    client should get, such as a read that is older than what the same facade process had answered before.
    """

    accepted: set[Command] = field(default_factory=set)
    done: set[Command] = field(default_factory=set)
    refused: set[Command] = field(default_factory=set)
    poison: set[str] = field(default_factory=set)
    orders_by_key: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    broken: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)

    @property
    def commands(self) -> set[Command]:
        return self.accepted | self.done | self.refused
