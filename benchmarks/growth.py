"""What a command and a read cost in a small collection and in a large one, taken in turns."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random

from benchmarks.bench import Bench, Step
from benchmarks.seeding import BEGINNING, ORDERS_PER_CLIENT, RULES, seeds, store, stored_order
from orderflow.adapters.mongo_orders import MongoOrderStore
from orderflow.adapters.mongo_queries import MongoOrderQueries
from orderflow.bootstrap import mongo
from orderflow.domain.commands import ChangeState
from orderflow.domain.handle import handle
from orderflow.domain.lifecycle import State
from orderflow.domain.listing import ListQuery
from orderflow.domain.stored import Coordinates, Received, StoredOrder
from orderflow.ports import Write
from orderflow.settings import Settings

SMALL, LARGE, HUGE = 10_000, 100_000, 1_000_000
READS = 150
LISTS_BY_STATE = 20
BATCHES, BATCH = 6, 250
_SECONDS_PER_ORDER = 0.0003
_ROUND_SECONDS = 4.0


def largest(*, long: bool) -> int:
    """Orders in the large collection."""
    return HUGE if long else LARGE


def series(orders: int) -> str:
    """The name of what is measured."""
    return f"growth/{orders}"


@asynccontextmanager
async def growth_steps(bench: Bench) -> AsyncIterator[list[Step]]:
    """Two databases at once, so that both are measured in the same minute."""
    sizes = [SMALL, largest(long=bench.long)]
    async with bench.ground() as small, bench.ground() as large:
        places = list(zip(sizes, (small.settings, large.settings), strict=True))
        yield [
            *(
                Step(f"{size} orders", size * _SECONDS_PER_ORDER, partial(_filled, settings, bench.many(size)))
                for size, settings in places
            ),
            *(
                Step(series(size), _ROUND_SECONDS, partial(_costs, bench, settings, size, number))
                for number in range(bench.rounds)
                for size, settings in places
            ),
        ]


async def _filled(settings: Settings, orders: int) -> None:
    for first in range(0, orders, LARGE):
        await store(settings, seeds("grown-", first, min(first + LARGE, orders)))


async def _costs(bench: Bench, settings: Settings, size: int, number: int) -> None:
    """Milliseconds of a read or a list, of database and driver together; a command's share of a batch."""
    random, orders = Random(number), bench.many(size)  # noqa: S311 - repeatable on purpose
    reads = [f"grown-{random.randrange(orders)}" for _ in range(READS)]
    of_client = [ListQuery(client_id=f"grown-{random.randrange(orders) // ORDERS_PER_CLIENT}") for _ in range(READS)]
    of_state = [ListQuery(states=(State.CREATED,))] * LISTS_BY_STATE
    async with mongo(settings) as connection:
        queries = MongoOrderQueries(connection, lambda: _now(orders))
        bench.results.add(
            series(size),
            read=await _each(queries.get, reads),
            list_client=await _each(queries.find, of_client),
            list_state=await _each(queries.find, of_state),
            command=await _commands(MongoOrderStore(connection), random, orders, f"round{number}-"),
        )


async def _each(ask: Callable[..., Awaitable[object]], questions: Sequence[object]) -> float:
    begun = time.perf_counter()
    for question in questions:
        await ask(question)
    return (time.perf_counter() - begun) / len(questions) * 1000


async def _commands(orders: MongoOrderStore, random: Random, size: int, word: str) -> float:
    """As a worker does it: the orders of a batch loaded at once, changed and new ones written at once."""
    spent = 0.0
    for number in range(BATCHES):
        ids = {f"grown-{random.randrange(size)}" for _ in range(BATCH)}
        created = [stored_order(seed) for seed in seeds(f"{word}{number}-", 0, BATCH)]
        inserts = [orders.encode(each) for each in created]
        begun = time.perf_counter()
        loaded = await orders.load(ids)
        spent += time.perf_counter() - begun
        changes = [_changed(orders, each, word + str(number)) for each in loaded.values()]
        begun = time.perf_counter()
        await orders.save([*inserts, *changes])
        spent += time.perf_counter() - begun
    return spent / (BATCHES * 2 * BATCH) * 1000


def _changed(orders: MongoOrderStore, stored: StoredOrder, word: str) -> Write:
    command = ChangeState(command_id=word, order_id=stored.order.order_id, new_state=State.IN_TRANSIT)
    coordinates = Coordinates(log=word, partition=0, offset=0, timestamp=0)
    received = Received(command=command, fingerprint="0" * 64, coordinates=coordinates)
    after = handle(stored, received, stored.order.created_at, RULES).stored
    return orders.encode(replace(after or stored, revision=stored.revision + 1))


def _now(orders: int) -> datetime:
    """A moment after the newest order."""
    return BEGINNING + timedelta(seconds=orders)
