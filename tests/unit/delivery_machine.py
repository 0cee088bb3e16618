"""Clients, workers and servers as hypothesis moves them; after every move all promises have to hold.

Class attributes are the pieces that a weakened machine replaces.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tenacity import wait_none

from orderflow.adapters.memory_cache import InMemoryCache
from orderflow.domain.commands import (
    AmendOrder,
    CancelOrder,
    ChangeState,
    Command,
    CorrectOrder,
    HoldOrder,
    ReleaseOrder,
)
from orderflow.domain.lifecycle import State
from orderflow.domain.limits import MAX_LEDGER
from orderflow.ports import CachedOrder
from orderflow.wire.commands import encode_command
from orderflow.wire.records import Record
from tests.builders import create_order, item
from tests.unit.command_worker import WrappedStore
from tests.unit.delivery_promises import Promises
from tests.unit.expectation import Expectation, Journal
from tests.unit.faulty_world import BUG, Fault, FaultyWorld, Step

ORDERS = ["a", "b", "c"]
ORDER_IDS = some.sampled_from(ORDERS)
IDS = some.sampled_from(["1", "2", "3", "4", "5", "6", "7", "8"])
ACTORS = some.sampled_from([*[None] * 14, "someone", BUG])
TARGETS = some.sampled_from([State.CREATED, State.CONFIRMED, State.IN_TRANSIT, State.DELIVERED])
REFERENCES = some.sampled_from([None, None, "shop-1"])
CREATIONS = some.builds(
    lambda order_id, reference, actor: replace(create_order(order_id, external_ref=reference), actor=actor),
    ORDER_IDS,
    REFERENCES,
    ACTORS,
)
MOVES = some.builds(ChangeState, command_id=IDS, order_id=ORDER_IDS, new_state=TARGETS, actor=ACTORS)
CANCELLATIONS = some.builds(CancelOrder, command_id=IDS, order_id=ORDER_IDS, reason=some.just("late"), actor=ACTORS)
HOLDS = some.builds(HoldOrder, command_id=IDS, order_id=ORDER_IDS, reason=some.just("unclear"), actor=ACTORS)
RELEASES = some.builds(ReleaseOrder, command_id=IDS, order_id=ORDER_IDS, actor=ACTORS)
LINES = some.sampled_from([(item(1),), (item(1), item(2))])
AMENDMENTS = some.builds(
    AmendOrder, command_id=IDS, order_id=ORDER_IDS, items=LINES, dry_run=some.booleans(), actor=ACTORS
)
CORRECTIONS = some.builds(
    CorrectOrder,
    command_id=IDS,
    order_id=ORDER_IDS,
    reason=some.just("wrong"),
    state=TARGETS,
    items=some.none() | LINES,
    actor=ACTORS,
)
COMMANDS = CREATIONS | MOVES | MOVES | MOVES | CANCELLATIONS | HOLDS | RELEASES | AMENDMENTS | CORRECTIONS
JUNK = some.none()
TROUBLES = some.lists(some.tuples(some.sampled_from(Step), some.sampled_from(Fault)), max_size=3)
SIZES = some.integers(1, 6)


class DeliveryMachine(RuleBasedStateMachine):
    """One partition, any number of workers that have or had it."""

    ledger = MAX_LEDGER
    store: type[WrappedStore] = WrappedStore
    cache: type[InMemoryCache] = InMemoryCache
    acknowledges_early = False

    def __init__(self) -> None:
        super().__init__()
        self.patches = pytest.MonkeyPatch()
        self.patch()
        self.runner = asyncio.Runner()
        self.world = FaultyWorld(store=self.store, cache=self.cache(), acknowledges_early=self.acknowledges_early)
        self.journal = Journal(expectation=Expectation(ledger=self.ledger))
        self.promises = Promises(world=self.world, journal=self.journal)

    def patch(self) -> None:
        self.patches.setattr("orderflow.processing.patience.wait_random_exponential", lambda **_: wait_none())
        self.patches.setattr("orderflow.domain.handle.MAX_LEDGER", self.ledger)
        self.patches.setattr("orderflow.processing.batch.MAX_LEDGER", self.ledger)

    @initialize(commands=some.lists(MOVES, max_size=6))
    def begin_with_orders(self, commands: list[Command]) -> None:
        self.produce([create_order("a"), create_order("b", external_ref="shop-1"), *commands])

    @rule(commands=some.lists(COMMANDS | COMMANDS | JUNK, min_size=1, max_size=6))
    def produce(self, commands: Sequence[Command | None]) -> None:
        for command in commands:
            self.append(command)

    @rule(back=some.integers(1, 12))
    def produce_again(self, back: int) -> None:
        self.append(self.journal.commands[-back:][0])

    @rule(size=SIZES, troubles=TROUBLES)
    def handle_a_batch(self, size: int, troubles: list[tuple[Step, Fault]]) -> None:
        owner = self.world.members[-1] if self.world.members else self.world.assign()
        self.world.faults.extend(troubles)
        self.run(self.world.handle_next(owner, size))

    @precondition(lambda self: len(self.world.members) > 1)
    @rule(size=SIZES, troubles=TROUBLES)
    def handle_a_batch_after_the_partition_is_lost(self, size: int, troubles: list[tuple[Step, Fault]]) -> None:
        self.world.faults.extend(troubles)
        self.run(self.world.handle_next(self.world.members[0], size))

    @rule()
    def give_the_partition_to_another(self) -> None:
        self.world.assign()

    @rule(order_id=ORDER_IDS, size=SIZES)
    def handle_a_batch_while_somebody_reads(self, order_id: str, size: int) -> None:
        stored = self.run(self.world.stored.get(order_id))
        self.handle_a_batch(size, [])
        self.promises_hold()
        if stored:
            self.run(self.world.cache.fill(CachedOrder(order_id=order_id, version=stored.order.version, body=b"{}")))

    @invariant()
    def promises_hold(self) -> None:
        for order_id in ORDERS:
            self.run(self.promises.order_is_as_expected(order_id))
        self.promises.outcomes_are_as_expected()
        self.promises.acknowledged_records_have_ended()
        self.promises.repeats_are_marked()

    def teardown(self) -> None:
        """At last everything works, and a new owner comes to the end of the log."""
        try:
            owner = self.world.assign()
            while self.world.committed < len(self.world.log):
                self.run(self.world.handle_next(owner, 5))
            self.promises_hold()
        finally:
            self.runner.close()
            self.patches.undo()

    def append(self, command: Command | None) -> None:
        offset = len(self.world.log)
        self.world.log.append(
            Record(
                topic="order_commands",
                partition=0,
                offset=offset,
                timestamp=100 + offset // 3,
                key=command.order_id.encode() if command else b"a",
                value=encode_command(command) if command else b"{",
            )
        )
        self.journal.append(command)

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 - what it returns
        try:
            return self.runner.run(coroutine)
        finally:
            self.world.faults.clear()
