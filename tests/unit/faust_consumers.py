"""Faust's consumer and ours side by side, without Kafka."""

import asyncio
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from orderflow.streaming.safe_transport import SafeConsumer

PARTITION, OTHER = TP("order_commands", 0), TP("order_commands", 1)
BOTH = pytest.mark.parametrize("kind", [driver.Consumer, SafeConsumer], ids=["Faust's", "ours"])

ConsumerOf = Callable[[type], Any]


def only_ours(kind: type, *, right: bool) -> None:
    """Ours does the right thing and Faust's does not."""
    ours = kind.__module__.startswith("orderflow")
    assert right or not ours, "ours is wrong"
    assert not right or ours, "Faust has mended this: the override can go"


class InFlight(SimpleNamespace):
    """A message that was taken."""

    __hash__ = object.__hash__


async def ignore(*_: object) -> None:
    """Nobody is told anything here."""


def fetched_record(tp: TP, offset: int) -> Any:  # noqa: ANN401 - as aiokafka gives it
    """A record without a key, a value or a time."""
    fields = dict.fromkeys(["timestamp", "timestamp_type", "key", "value", "checksum"])
    sizes = {"serialized_key_size": 0, "serialized_value_size": 0}
    return SimpleNamespace(topic=tp.topic, partition=tp.partition, offset=offset, headers=(), **fields, **sizes)


def acknowledged(
    consumer: Any,  # noqa: ANN401
    acked: Sequence[int],
    *,
    in_flight: Sequence[int] = (),
    committed: int | None = None,
) -> list[InFlight]:
    """The messages in flight, which the consumer holds weakly."""
    messages = [InFlight(tp=PARTITION, offset=offset, acked=False) for offset in in_flight]
    consumer._committed_offset[PARTITION] = committed
    consumer._acked[PARTITION] = list(acked)
    consumer._acked_index[PARTITION] = set(acked)
    consumer._unacked_messages.update(messages)
    return messages


class Broker:
    """Plays what a consumer asks of Kafka when it commits; `under_way` holds a commit up, and it may refuse one."""

    def __init__(self, consumer: Any) -> None:  # noqa: ANN401
        self.offsets: dict[TP, int] = {}
        self.under_way = asyncio.Event()
        self.under_way.set()
        self.asked = 0
        self.refusing = False
        consumer.assignment = lambda: {PARTITION}
        consumer._commit = self.commit
        consumer.app.producer.flush = ignore

    async def commit(self, offsets: dict[TP, int]) -> bool:
        self.asked += 1
        await self.under_way.wait()
        if self.refusing:
            return False
        self.offsets.update(offsets)
        return True
