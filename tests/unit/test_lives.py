"""Whatever is asked of an order, in whatever order: what it remembers, what it is and what was told of it agree."""

from dataclasses import replace

import bson
from hypothesis import example, given, settings
from hypothesis import strategies as some

from orderflow.adapters.mongo_documents import OPTIONS, stored_order_of, write_of
from orderflow.domain.commands import AmendOrder, CommandType
from orderflow.domain.evolve import evolve
from orderflow.domain.handle import handle
from orderflow.domain.lifecycle import NOT_FORWARD
from orderflow.domain.order import Order, total_of
from orderflow.domain.outcome import Status
from orderflow.domain.stored import Received, StoredOrder
from orderflow.wire.events import event_message
from orderflow.wire.outcomes import encode_outcome
from tests.builders import NOW, RULES, create_order, item, received
from tests.unit.lives import CHANGES, CREATIONS

LIVES = some.tuples(CREATIONS, some.lists(CHANGES, max_size=15)).map(
    lambda asked: [received(command, offset) for offset, command in enumerate([asked[0], *asked[1]])]
)
lives = given(LIVES)
SIGNED_ZERO = [
    replace(create_order(), items=(item(price="-0.0"),)),
    AmendOrder(command_id="amend", order_id="ord_1", items=(item(2),)),
    AmendOrder(command_id="amend back", order_id="ord_1", items=(item(price="0.0"),)),
]
"""Back to a price that is equal, but written differently in JSON."""


def lived(life: list[Received]) -> StoredOrder:
    """Stored and loaded again after each command."""
    stored: StoredOrder | None = None
    for each in life:
        stored = handle(stored, each, NOW, RULES).stored
        assert stored is not None
        stored = stored_order_of(write_of(stored).document)
    assert stored is not None
    return stored


@settings(max_examples=150)
@lives
def test_an_order_is_what_its_history_makes_of_it(life: list[Received]) -> None:
    stored = lived(life)
    order: Order | None = None
    for version, change in enumerate(stored.history, 1):
        assert change.event.version == version
        assert change.event.previous_state == (order.state if order else None)
        order = evolve(order, change.event)
    assert order == stored.order
    assert order is not None
    assert (order.total, order.version) == (total_of(order.items), len(stored.history))


@settings(max_examples=150)
@lives
@example([received(command, offset) for offset, command in enumerate(SIGNED_ZERO)])
def test_every_command_is_remembered_and_told_again_to_the_byte(life: list[Received]) -> None:
    stored: StoredOrder | None = None
    told = []
    for each in life:
        effect = handle(stored, each, NOW, RULES)
        told.append((encode_outcome(effect.outcome), effect.change and event_message(effect.change, "/orderflow")))
        stored = effect.stored
    after = lived(life)
    for each, (outcome, event) in zip(life, told, strict=True):
        again = handle(after, each, NOW, RULES)
        assert again.stored is after
        assert encode_outcome(again.outcome) == outcome
        assert (again.change and event_message(again.change, "/orderflow")) == event


@settings(max_examples=150)
@lives
def test_nothing_but_a_correction_moves_an_order_forward_while_it_is_on_hold(life: list[Received]) -> None:
    order: Order | None = None
    for change in lived(life).history:
        if order and order.hold_reason is not None and change.command_type is not CommandType.CORRECT_ORDER:
            assert change.event.state in NOT_FORWARD | {order.state}
        order = evolve(order, change.event)


@settings(max_examples=150)
@lives
def test_a_dry_run_is_never_applied(life: list[Received]) -> None:
    stored: StoredOrder | None = None
    for each in life:
        effect = handle(stored, each, NOW, RULES)
        assert effect.outcome.status is not Status.APPLIED or not getattr(each.command, "dry_run", False)
        stored = effect.stored


@settings(max_examples=150)
@lives
def test_no_items_are_stored_twice_that_are_the_orders(life: list[Received]) -> None:
    document = bson.decode(write_of(lived(life)).document, OPTIONS)
    assert all(entry.get("items") != document["items"] for entry in document["history"])
