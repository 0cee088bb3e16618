"""decide_change() says what a command does to an order that exists: one rule for each kind of change."""

from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from orderflow.domain import problems
from orderflow.domain.commands import (
    AmendOrder,
    CancelOrder,
    ChangeCommand,
    ChangeState,
    CorrectOrder,
    HoldOrder,
    ReleaseOrder,
)
from orderflow.domain.decision import Applied, Decision, Rejected, Unchanged
from orderflow.domain.events import (
    Event,
    OrderAmended,
    OrderCorrected,
    OrderHeld,
    OrderReleased,
    OrderStateChanged,
)
from orderflow.domain.lifecycle import NOT_FORWARD, TERMINAL, Lifecycle, State
from orderflow.domain.limits import MAX_HISTORY
from orderflow.domain.order import Order
from orderflow.domain.stored import truncated


def decide_change(order: Order, command: ChangeCommand, now: datetime, lifecycle: Lifecycle) -> Decision:
    """The expected version comes first; then, whether anything would change at all; then, whether it may."""
    expected = command.expected_version
    if expected is not None and expected != order.version:
        return Rejected(problems.version_conflict(expected, order.version))
    return _decide(order, command, now, lifecycle)


def _decide(order: Order, command: ChangeCommand, now: datetime, lifecycle: Lifecycle) -> Decision:
    match command:
        case ChangeState():
            return _move(order, command, now, lifecycle)
        case CancelOrder():
            return _cancel(order, command, now, lifecycle)
        case HoldOrder():
            return _hold(order, command, now)
        case ReleaseOrder():
            return _release(order, command, now)
        case AmendOrder():
            return _amend(order, command, now, lifecycle)
        case CorrectOrder():
            return _correct(order, command, now)
        case _:
            assert_never(command)


def _move(order: Order, command: ChangeState, now: datetime, lifecycle: Lifecycle) -> Decision:
    target = command.new_state
    if target == order.state:
        return Unchanged()
    if target not in lifecycle.allowed(order.state):
        return Rejected(problems.transition_not_allowed(order.state, target, order.allowed(lifecycle)))
    if order.hold_reason is not None and target not in NOT_FORWARD:
        return Rejected(problems.order_on_hold(order.hold_reason, order.state, target, order.allowed(lifecycle)))
    return _changed(OrderStateChanged, order, command, now, state=target)


def _cancel(order: Order, command: CancelOrder, now: datetime, lifecycle: Lifecycle) -> Decision:
    """No hold keeps an order from being cancelled."""
    if lifecycle.is_cancelled(order.state):
        return Unchanged()
    target = lifecycle.cancel.get(order.state)
    if target is None:
        return Rejected(problems.cancellation_not_allowed(order.state, order.allowed(lifecycle)))
    return _changed(OrderStateChanged, order, command, now, state=target)


def _hold(order: Order, command: HoldOrder, now: datetime) -> Decision:
    if order.hold_reason is not None:
        return Unchanged()
    if order.state in TERMINAL:
        return Rejected(problems.hold_not_allowed(order.state))
    return _changed(OrderHeld, order, command, now)


def _release(order: Order, command: ReleaseOrder, now: datetime) -> Decision:
    return Unchanged() if order.hold_reason is None else _changed(OrderReleased, order, command, now)


def _amend(order: Order, command: AmendOrder, now: datetime, lifecycle: Lifecycle) -> Decision:
    """Held or not: a hold may well be there so that something gets amended."""
    if command.items == order.items:
        return Unchanged()
    if not lifecycle.is_amendable(order.state):
        return Rejected(problems.amendment_not_allowed(order.state, order.allowed(lifecycle)))
    decision = _changed(OrderAmended, order, command, now, items=command.items)
    return Unchanged() if command.dry_run and isinstance(decision, Applied) else decision


def _correct(order: Order, command: CorrectOrder, now: datetime) -> Decision:
    """Neither lifecycle nor hold nor a terminal state is in the way."""
    state = command.state or order.state
    items = command.items if command.items != order.items else None
    if state == order.state and items is None:
        return Unchanged()
    return _changed(OrderCorrected, order, command, now, state=state, items=items)


def _changed(
    event: Callable[..., Event],
    order: Order,
    command: ChangeCommand,
    now: datetime,
    state: State | None = None,
    **more: object,
) -> Decision:
    if order.version >= MAX_HISTORY:
        return Rejected(problems.history_full(MAX_HISTORY))
    return Applied(
        event(
            order_id=order.order_id,
            client_id=order.client_id,
            version=order.version + 1,
            previous_state=order.state,
            state=state or order.state,
            occurred_at=max(truncated(now), order.updated_at),
            command_id=command.command_id,
            actor=command.actor,
            reason=command.reason,
            note=command.note,
            location=command.location,
            **more,
        )
    )
