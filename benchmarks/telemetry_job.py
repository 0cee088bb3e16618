"""A process that handles commands as a worker does, and says what each of them costs.

Nothing is stored or sent, so what is looked for is not lost in what the servers' drivers cost.
"""

import sys
import time
from collections.abc import Callable, Mapping, Sequence

import uvloop
from prometheus_client import CollectorRegistry

from benchmarks.contestants.null_store import NullStore
from benchmarks.saying import say
from benchmarks.workload import one_to_three
from orderflow.bootstrap import now
from orderflow.cli import interpreter
from orderflow.domain.decide import Rules
from orderflow.domain.lifecycles import DEFAULT
from orderflow.metrics.worker import WorkerMetrics
from orderflow.ports import Refresh
from orderflow.processing.encoding import BatchFolder
from orderflow.processing.hot_orders import HotOrders
from orderflow.processing.instruments import Instruments, NullInstruments
from orderflow.processing.processor import CommandProcessor
from orderflow.processing.readiness import Readiness
from orderflow.wire.records import Message, Record

BATCH = 100
_WARM = 5
"""The first fifth of the batches counts for nothing."""
_RECORDS_AT_ONCE = 10
"""That came to the log in the same millisecond."""

WAYS: Mapping[str, Callable[[], Instruments]] = {
    "off": NullInstruments,
    "metrics": lambda: WorkerMetrics(CollectorRegistry()),
}


class NoPublisher:
    """Delivers everything to nobody."""

    async def publish(self, _messages: Sequence[Message]) -> Sequence[Message]:
        return ()


class NoCache:
    """Is as fresh as can be."""

    async def refresh(self, _refresh: Refresh) -> bool:
        return True


async def cost(way: str, commands: int) -> float:
    """Processor time of a command, user and system, in microseconds."""
    handling = processor(WAYS[way]())
    records = [record(offset, message) for offset, message in enumerate(one_to_three(commands).commands)]
    batches = [records[first : first + BATCH] for first in range(0, len(records), BATCH)]
    interpreter.tune()
    for batch in (warm := batches[: len(batches) // _WARM]):
        await handling.apply(batch)
    begun = time.process_time()
    for batch in (counted := batches[len(warm) :]):
        await handling.apply(batch)
    return (time.process_time() - begun) / sum(map(len, counted)) * 1e6


def processor(instruments: Instruments) -> CommandProcessor:
    store = NullStore()
    return CommandProcessor(
        store=store,
        cache=NoCache(),
        publisher=NoPublisher(),
        clock=now,
        folder=BatchFolder(
            rules=Rules(lifecycle=DEFAULT, currency="USD"), encode=store.encode, source="/orderflow", group="bench"
        ),
        hot=HotOrders(2**24),
        readiness=Readiness(),
        log_name="bench",
        instruments=instruments,
    )


def record(offset: int, message: Message) -> Record:
    """As it lies on the log."""
    timestamp = round(time.time() * 1000) + offset // _RECORDS_AT_ONCE
    return Record(
        topic=message.topic, partition=0, offset=offset, timestamp=timestamp, key=message.key, value=message.value
    )


if __name__ == "__main__":
    way, commands = sys.argv[1:]
    say(uvloop.run(cost(way, int(commands))))
