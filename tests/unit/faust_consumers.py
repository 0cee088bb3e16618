"""Faust's consumer and ours side by side, without Kafka."""

from collections.abc import Callable
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
