"""decide() says what a command does to an order."""

from dataclasses import dataclass
from datetime import UTC, datetime

from orderflow.domain import problems
from orderflow.domain.changes import decide_change
from orderflow.domain.commands import Command, CreateOrder
from orderflow.domain.decision import Applied, Decision, Rejected
from orderflow.domain.events import OrderCreated
from orderflow.domain.lifecycle import Lifecycle
from orderflow.domain.order import Order, total_of
from orderflow.domain.stored import truncated


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an operator chose: the transition table and the currency of orders that name none."""

    lifecycle: Lifecycle
    currency: str


def decide(order: Order | None, command: Command, now: datetime, rules: Rules) -> Decision:
    """What `command` does to `order` (None: there is none yet) at the moment `now`, an aware datetime."""
    if isinstance(command, CreateOrder):
        return Rejected(problems.order_exists(order.order_id)) if order else _create(command, now, rules)
    if order is None:
        return Rejected(problems.order_not_found(command.order_id))
    return decide_change(order, command, now, rules.lifecycle)


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
