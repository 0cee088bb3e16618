"""decide() says what a command does to an order; evolve() carries an event out."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import assert_never

from orderflow.domain import problems
from orderflow.domain.commands import CancelOrder, ChangeState, Command, CreateOrder
from orderflow.domain.events import Event, OrderCreated, OrderStateChanged
from orderflow.domain.lifecycle import Lifecycle, State
from orderflow.domain.limits import MAX_HISTORY
from orderflow.domain.order import Order, total_of
from orderflow.domain.problems import Problem
from orderflow.domain.stored import truncated


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an operator chose: the transition table and the currency of orders that name none."""

    lifecycle: Lifecycle
    currency: str


@dataclass(frozen=True, slots=True)
class Applied:
    """The command changes the order by this event."""

    event: Event


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The order is already what the command asks for."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The command breaks a rule."""

    problem: Problem


Decision = Applied | Unchanged | Rejected


def decide(order: Order | None, command: Command, now: datetime, rules: Rules) -> Decision:
    """What `command` does to `order` (None: there is none yet) at the moment `now`, an aware datetime."""
    if isinstance(command, CreateOrder):
        return Rejected(problems.order_exists(order.order_id)) if order else _create(command, now, rules)
    if order is None:
        return Rejected(problems.order_not_found(command.order_id))
    expected = command.expected_version
    if expected is not None and expected != order.version:
        return Rejected(problems.version_conflict(expected, order.version))
    match command:
        case ChangeState():
            return _move(order, command, command.new_state, now, rules.lifecycle)
        case CancelOrder():
            return _cancel(order, command, now, rules.lifecycle)
        case _:
            assert_never(command)


def evolve(order: Order | None, event: Event) -> Order:
    """The order after `event`; a creation needs no order before it, anything else does."""
    match event:
        case OrderCreated():
            return _created(event)
        case OrderStateChanged():
            if order is None:
                raise ValueError(f"order {event.order_id} changed before it was created")
            return replace(order, state=event.state, version=event.version, updated_at=event.occurred_at)
        case _:
            assert_never(event)


def _create(command: CreateOrder, now: datetime, rules: Rules) -> Applied:
    placed_at = command.placed_at
    return Applied(
        OrderCreated(
            order_id=command.order_id,
            client_id=command.client_id,
            occurred_at=truncated(now),
            command_id=command.command_id,
            actor=command.actor,
            items=command.items,
            total=total_of(command.items),
            currency=command.currency or rules.currency,
            external_ref=command.external_ref,
            placed_at=truncated(placed_at.astimezone(UTC)) if placed_at else None,
        )
    )


def _cancel(order: Order, command: CancelOrder, now: datetime, lifecycle: Lifecycle) -> Decision:
    if lifecycle.is_cancelled(order.state):
        return Unchanged()
    target = lifecycle.cancel.get(order.state)
    if target is None:
        return _refused(order, None, lifecycle)
    return _move(order, command, target, now, lifecycle)


def _move(
    order: Order, command: ChangeState | CancelOrder, target: State, now: datetime, lifecycle: Lifecycle
) -> Decision:
    if target == order.state:
        return Unchanged()
    if target not in lifecycle.allowed(order.state):
        return _refused(order, target, lifecycle)
    if order.version >= MAX_HISTORY:
        return Rejected(problems.history_full(MAX_HISTORY))
    return Applied(
        OrderStateChanged(
            order_id=order.order_id,
            client_id=order.client_id,
            version=order.version + 1,
            previous_state=order.state,
            state=target,
            occurred_at=max(truncated(now), order.updated_at),
            command_id=command.command_id,
            actor=command.actor,
            reason=command.reason,
            note=command.note,
            location=command.location if isinstance(command, ChangeState) else None,
        )
    )


def _refused(order: Order, target: State | None, lifecycle: Lifecycle) -> Rejected:
    return Rejected(problems.transition_not_allowed(order.state, target, lifecycle.allowed(order.state)))


def _created(event: OrderCreated) -> Order:
    return Order(
        order_id=event.order_id,
        client_id=event.client_id,
        state=event.state,
        items=event.items,
        total=event.total,
        currency=event.currency,
        external_ref=event.external_ref,
        version=event.version,
        placed_at=event.placed_at,
        created_at=event.occurred_at,
        updated_at=event.occurred_at,
    )
