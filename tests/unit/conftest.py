"""What unit tests may ask for."""

from collections.abc import Iterator
from typing import Any

import pytest

from orderflow.settings import Settings
from orderflow.streaming.app import OrderflowApp
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
