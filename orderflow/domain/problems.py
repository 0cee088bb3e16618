"""Why a command is rejected: one constructor per rule. An outcome and an HTTP answer carry the same problem.

A problem follows from the command and the order alone, so that a repeated rejection reads as the first one did.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from orderflow.domain.lifecycle import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """RFC 9457 without the status: a stable type, a title per type, a detail per case and extension members."""

    type: str
    title: str
    detail: str
    extra: Mapping[str, object] = field(default_factory=dict)


def order_not_found(order_id: str) -> Problem:
    return Problem(type="order-not-found", title="Order not found", detail=f"There is no order {order_id}.")


def order_exists(order_id: str) -> Problem:
    return Problem(type="order-exists", title="Order exists", detail=f"Order {order_id} exists already.")


def external_ref_taken(external_ref: str | None) -> Problem:
    return Problem(
        type="external-ref-taken",
        title="External reference taken",
        detail=f"Another order of this client has the external reference {external_ref}.",
    )


def transition_not_allowed(current: State, requested: State, allowed: Iterable[State]) -> Problem:
    return _not_allowed(current, f"move to {requested}", requested, allowed)


def cancellation_not_allowed(current: State, allowed: Iterable[State]) -> Problem:
    return _not_allowed(current, "be cancelled", None, allowed)


def hold_not_allowed(current: State) -> Problem:
    """Of an order that has come to its end."""
    return _not_allowed(current, "be put on hold", None, ())


def amendment_not_allowed(current: State, allowed: Iterable[State]) -> Problem:
    """Of an order that is picked up, or has come to its end."""
    return _not_allowed(current, "have its items changed", None, allowed)


def _not_allowed(current: State, goal: str, requested: State | None, allowed: Iterable[State]) -> Problem:
    return Problem(
        type="transition-not-allowed",
        title="Transition not allowed",
        detail=f"An order that is {current} cannot {goal}.",
        extra={"current": current, "requested": requested, "allowed": list(allowed)},
    )


def order_on_hold(reason: str | None, current: State, requested: State, allowed: Iterable[State]) -> Problem:
    return Problem(
        type="order-on-hold",
        title="Order on hold",
        detail=f"An order that is on hold cannot move to {requested}; release it first.",
        extra={"hold_reason": reason, "current": current, "requested": requested, "allowed": list(allowed)},
    )


def version_conflict(expected: int, current: int) -> Problem:
    return Problem(
        type="version-conflict",
        title="Version conflict",
        detail=f"The order is at version {current}, not {expected}.",
        extra={"expected_version": expected, "current_version": current},
    )


def history_full(limit: int) -> Problem:
    return Problem(
        type="history-full",
        title="History full",
        detail=f"The order has reached its limit of {limit} changes.",
    )


def order_too_large(limit: int) -> Problem:
    return Problem(
        type="order-too-large", title="Order too large", detail=f"The order would grow beyond {limit} bytes."
    )


def command_id_reused(command_id: str) -> Problem:
    return Problem(
        type="command-id-reused",
        title="Command id reused",
        detail=f"Another command of this order has the id {command_id}.",
    )


def outcome_forgotten(command_id: str) -> Problem:
    return Problem(
        type="outcome-forgotten",
        title="Outcome forgotten",
        detail=f"Command {command_id} was handled before; its outcome is no longer kept.",
    )


def key_mismatch(order_id: str) -> Problem:
    return Problem(
        type="key-mismatch",
        title="Key mismatch",
        detail=f"The record's key is not its order id {order_id}, so its order could not be kept.",
    )


def dead_lettered(error: str) -> Problem:
    return Problem(
        type="dead-lettered",
        title="Dead-lettered",
        detail=f"The command could not be handled ({error}) and was set aside for an operator.",
    )


def validation(errors: list[dict[str, str]]) -> Problem:
    """`errors`: [{"pointer": "#/items/0/quantity", "detail": "..."}], every field at once."""
    return Problem(
        type="validation",
        title="Validation failed",
        detail=f"{len(errors)} field{'s are' if len(errors) > 1 else ' is'} not valid.",
        extra={"errors": errors},
    )
