"""What a worker tells the cache of one command."""

from orderflow.domain.handle import Effect
from orderflow.domain.stored import StoredOrder
from orderflow.ports import CachedOrder, CachedOutcome, Refresh
from orderflow.wire.outcomes import encode_outcome
from orderflow.wire.representations import encode_order
from tests.builders import RULES


def refresh_of(before: StoredOrder | None, effect: Effect) -> Refresh:
    outcome = effect.outcome
    kept = CachedOutcome(
        order_id=outcome.order_id,
        command_id=outcome.command_id,
        body=encode_outcome(outcome),
        lasting=outcome.is_lasting,
    )
    if effect.stored is None or effect.stored is before:
        return Refresh(outcomes=[kept])
    order = effect.stored.order
    body = encode_order(order, RULES.lifecycle)
    return Refresh(
        orders=[CachedOrder(order_id=order.order_id, version=order.version, body=body)],
        outcomes=[kept],
        clients={order.client_id},
        states={order.state, *((before.order.state,) if before else ())},
    )
