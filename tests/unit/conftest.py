"""What unit tests may ask for."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from orderflow.settings import Settings
from orderflow.streaming.app import OrderflowApp
from tests.unit.facade_loop import Client, Loop, running
from tests.unit.faust_consumers import ConsumerOf, ignore


@pytest.fixture
def consumer_of() -> Iterator[ConsumerOf]:
    """Makes consumers of a class, and closes the loops their threads would have run."""
    app = OrderflowApp(Settings(), role="test")
    made: list[Any] = []

    def make(kind: type) -> Any:  # noqa: ANN401
        made.append(kind(app.transport, ignore, on_partitions_revoked=ignore, on_partitions_assigned=ignore))
        return made[-1]

    yield make
    for consumer in made:
        consumer._thread.thread_loop.close()  # noqa: SLF001 - of a thread that never ran


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A facade, and a worker that folds each command at once."""
    async with running(Loop()) as client:
        yield client


@pytest.fixture
async def held() -> AsyncIterator[Client]:
    """A facade whose commands lie in Kafka until the test lets the worker at them."""
    async with running(Loop(silent=True)) as client:
        yield client
