"""Commands of every kind, in the order of their log, each with how it has to end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from orderflow.domain.commands import Command, CreateOrder
from orderflow.domain.lifecycle import State
from orderflow.wire.commands import encode_command
from tests.builders import (
    amend_order,
    cancel_order,
    change_state,
    correct_order,
    create_order,
    hold_order,
    item,
    release_order,
)

BUG = "bug"
"""Ends a command that meets a bug: dead-lettered while the bug is there, applied once it is gone."""
DEAD_LETTER = "dead-letter"
ANY = "any"
"""Ends a command whose place among the others is not fixed."""
POISON, LOST = "poison", "lost"

End = Literal[
    "applied",
    "unchanged",
    "order-not-found",
    "order-exists",
    "external-ref-taken",
    "command-id-reused",
    "transition-not-allowed",
    "order-on-hold",
    "version-conflict",
    "validation",
    "bug",
    "dead-letter",
    "any",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A record of the command log; `command` is None for what nobody can read."""

    key: str
    value: bytes
    command: Command | None
    end: End


def script(case: str) -> list[Line]:
    """Orders that only this case has. Reading them in order, the last part may be one that a crash interrupts."""
    return [*_until_they_exist(case), *_afterwards(case)]


def _until_they_exist(case: str) -> list[Line]:
    main, rival, poisoned = f"{case}.main", f"{case}.rival", f"{case}.{POISON}"
    early, creation = change_state(main, State.CONFIRMED), create_order(main, client_id=case)
    return [
        _line(early, "order-not-found"),
        _line(creation, "applied"),
        _line(_with_reference(case, "holder"), "applied"),
        _line(replace(_with_reference(case, "rival"), command_id="rival"), "external-ref-taken"),
        _line(change_state(rival, State.CONFIRMED), "order-not-found"),
        Line(key=main, value=b"not json", command=None, end=DEAD_LETTER),
        _line(create_order(poisoned, client_id=case), "applied"),
        _line(early, "applied"),
        _line(creation, "applied"),
        _line(replace(creation, actor="another"), "command-id-reused"),
        _line(create_order(f"{case}.{LOST}", client_id=case), "applied"),
        _line(replace(change_state(poisoned), command_id=POISON), BUG),
        _line(replace(creation, command_id="once-more"), "order-exists"),
    ]


def _afterwards(case: str) -> list[Line]:
    main, holder, rival, lost = f"{case}.main", f"{case}.holder", f"{case}.rival", f"{case}.{LOST}"
    moved, back = change_state(main, State.IN_TRANSIT), change_state(main, State.CREATED)
    out = change_state(main, State.OUT_FOR_DELIVERY)
    return [
        _line(moved, "applied"),
        _line(back, "transition-not-allowed"),
        _line(change_state(lost, State.CONFIRMED), "applied"),
        _line(replace(create_order(rival, client_id=case), command_id="without-reference"), "applied"),
        _line(back, "transition-not-allowed"),
        _line(replace(moved, command_id="same-state"), "unchanged"),
        _line(replace(moved, command_id="stale", expected_version=1), "version-conflict"),
        _line(change_state(holder, State.CONFIRMED), "applied"),
        _line(replace(create_order(f"{case}.empty"), items=()), "validation"),
        _line(moved, "applied"),
        _line(cancel_order(order_id=lost), "applied"),
        _line(replace(cancel_order(order_id=lost), command_id="again"), "unchanged"),
        _line(out, "applied"),
        _line(change_state(main, State.ATTEMPT_FAILED), "applied"),
        _line(out, "applied"),
        _line(replace(out, command_id="second-attempt"), "applied"),
        _line(change_state(main, State.DELIVERED), "applied"),
        _line(replace(_with_reference(case, "third"), command_id="rival"), "external-ref-taken"),
        _line(replace(change_state(main, State.CONFIRMED), actor="another"), "command-id-reused"),
        _line(cancel_order(order_id=main), "transition-not-allowed"),
        _line(cancel_order(order_id=holder), "applied"),
        *_exceptions(f"{case}.exception", case),
    ]


def _exceptions(order_id: str, case: str) -> list[Line]:
    """What interrupts the way of an order, and sets it right."""
    hold, amended, dry = hold_order(order_id=order_id), amend_order(order_id=order_id), amend_order("dry", order_id)
    confirmed, corrected = change_state(order_id, State.CONFIRMED), correct_order(order_id=order_id)
    return [
        _line(create_order(order_id, client_id=case), "applied"),
        _line(hold, "applied"),
        _line(confirmed, "order-on-hold"),
        _line(replace(dry, dry_run=True), "unchanged"),
        _line(amended, "applied"),
        _line(replace(hold, command_id="held"), "unchanged"),
        _line(release_order(order_id=order_id), "applied"),
        _line(hold, "applied"),
        _line(replace(confirmed, command_id="then"), "applied"),
        _line(corrected, "applied"),
        _line(replace(amended, command_id="late", items=(item(8),)), "transition-not-allowed"),
        _line(amended, "applied"),
        _line(correct_order("items", order_id, state=None, items=(item(7),)), "applied"),
        _line(replace(corrected, actor="another"), "command-id-reused"),
    ]


def _with_reference(case: str, name: str) -> CreateOrder:
    """Every one of its case wants the same."""
    return replace(create_order(f"{case}.{name}", client_id=case), external_ref="shop-77")


def order_ids(lines: Sequence[Line]) -> set[str]:
    return {line.key for line in lines}


def _line(command: Command, end: End) -> Line:
    return Line(key=command.order_id, value=encode_command(command), command=command, end=end)
