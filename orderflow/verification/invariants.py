"""The form of an invariant, and all of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """`checked` is a query that counts what is looked at; `broken` yields (order, what differs) for each violation."""

    name: str
    checked: str
    broken: str
