"""How fast an insights role counts events, and how long it takes until it has restored its table."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from benchmarks.bench import Bench, Step
from benchmarks.child import child
from benchmarks.deployment import ready
from benchmarks.ground import PARTITIONS, Ground
from benchmarks.patience import until
from benchmarks.seeding import ORDERS_PER_CLIENT, RULES, seeds, stored_order
from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_publisher import KafkaPublisher
from orderflow.adapters.redis_statistics import RedisStatistics
from orderflow.bootstrap import SOURCE, redis
from orderflow.domain.commands import ChangeState
from orderflow.domain.handle import handle
from orderflow.domain.lifecycle import State
from orderflow.domain.stored import Change, Coordinates, Received
from orderflow.insights.share import decode_share
from orderflow.streaming.changelog_topic import delete_changelog
from orderflow.wire.events import event_message
from orderflow.wire.records import Message

ORDERS = 100_000
MOVES = (State.CONFIRMED, State.IN_TRANSIT)
COUNTED, RESTORED = "insights/count events", f"insights/restore {ORDERS} orders"
DONE_SECONDS = 240.0
_REDIS_SECONDS = 5.0
_AT_ONCE = 2_000


@asynccontextmanager
async def insights_steps(bench: Bench) -> AsyncIterator[list[Step]]:
    """The first instance counts; those of the rounds find all of it in the changelog, a record for every change."""
    orders = bench.many(ORDERS)
    async with bench.ground() as place:
        try:
            yield [
                Step(f"events of {orders} orders", 20, partial(_told, place, orders)),
                Step("count them", 30, partial(_counted, bench, place, orders)),
                *(Step("restore the table", 15, partial(_restored, bench, place, orders)) for _ in range(bench.rounds)),
            ]
        finally:
            await delete_changelog(place.settings)


async def _told(place: Ground, orders: int) -> None:
    settings = place.settings
    publisher = KafkaPublisher(kafka=KafkaAccess.of(settings), prefix=settings.topic_prefix, partitions=PARTITIONS)
    try:
        for version in range(len(_LIFE)):
            for first in range(0, orders, _AT_ONCE):
                await publisher.publish([_event(version, number) for number in range(first, first + _AT_ONCE)])
    finally:
        await publisher.close()


async def _counted(bench: Bench, place: Ground, orders: int) -> None:
    with child("insights", place.environment, bench.home) as role:
        await ready(role)
        begun = time.perf_counter()
        await _complete(place, orders)
        bench.results.add(COUNTED, rate=orders * len(_LIFE) / (time.perf_counter() - begun))


async def _restored(bench: Bench, place: Ground, orders: int) -> None:
    """From the start of the process until it works; it is ready when its table is restored."""
    begun = time.perf_counter()
    with child("insights", place.environment, bench.home) as role:
        await ready(role)
        seconds = time.perf_counter() - begun
        await _complete(place, orders)
        bench.results.add(RESTORED, seconds=seconds, held=role.resident_mb())


async def _complete(place: Ground, orders: int) -> None:
    """Returns when every order is published in its last state."""
    settings = place.settings
    async with redis(settings, _REDIS_SECONDS) as connection:
        board = RedisStatistics(connection, settings.redis_prefix)

        async def counted() -> bool:
            shares = await board.shares(PARTITIONS)
            return sum(decode_share(share).by_state.get(_LAST, 0) for share in shares.values()) == orders

        await until(counted, "the events are not counted", DONE_SECONDS)


def _life() -> list[Change]:
    """What happens to each of them."""
    stored = stored_order(seeds(_NAME, 0, 1)[0])
    for offset, state in enumerate(MOVES):
        command = ChangeState(command_id=state, order_id=stored.order.order_id, new_state=state)
        coordinates = Coordinates(log="counted", partition=0, offset=offset, timestamp=offset)
        received = Received(command=command, fingerprint="0" * 64, coordinates=coordinates)
        stored = handle(stored, received, stored.order.created_at, RULES).stored or stored
    return list(stored.history)


_NAME = "counted-"
_LIFE, _LAST = _life(), MOVES[-1]


def _event(version: int, number: int) -> Message:
    change = _LIFE[version]
    order_id, client_id = f"{_NAME}{number}", f"{_NAME}{number // ORDERS_PER_CLIENT}"
    return event_message(replace(change, event=replace(change.event, order_id=order_id, client_id=client_id)), SOURCE)
