"""One order's stream, whatever way its events come: each version once, in order, over any number of connections."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from orderflow.domain.lifecycle import State
from orderflow.domain.stored import StoredOrder
from tests.builders import change_state, create_order, stored_order
from tests.unit.happenings import Happenings
from web.live.event_stream import Chunks
from web.live.order_reading import OrderReading

WAY = (State.CONFIRMED, State.ASSIGNED, State.PICKED_UP, State.IN_TRANSIT, State.OUT_FOR_DELIVERY, State.DELIVERED)
COMMANDS = [create_order(), *(change_state(new_state=state) for state in WAY)]
VERSIONS = [stored_order(*COMMANDS[:count]) for count in range(1, len(COMMANDS) + 1)]
NEWEST = len(VERSIONS)
OTHER = stored_order(create_order("ord_2")).history[0]

Step = str | int
"""A number announces that version."""


@dataclass(kw_only=True)
class World:
    """An order on its way, its announcements, and a client that reads them; only two events are kept for it."""

    stored: int = 1
    racing: bool = False
    announced: set[int] = field(default_factory=set)
    events: Happenings = field(default_factory=lambda: Happenings(max_events=2))
    seen: list[int] = field(default_factory=list)

    async def read(self) -> StoredOrder:
        """A `racing` worker stores and announces while this answer is on its way."""
        found = VERSIONS[self.stored - 1]
        if self.racing:
            self.racing = False
            self.store()
            self.announce(self.stored)
        return found

    def store(self) -> None:
        self.stored = min(self.stored + 1, NEWEST)

    def announce(self, version: int) -> None:
        """Again, late or out of turn: anything but too early."""
        version = min(version, self.stored)
        self.announced.add(version)
        self.events.happen(VERSIONS[-1].history[version - 1])

    @contextmanager
    def connection(self) -> Iterator[Chunks]:
        with self.events.feed.follow_order("ord_1") as live:
            reading = OrderReading("ord_1", self.seen[-1] if self.seen else 0, live=live, read=self.read)
            yield reading.chunks(heartbeat=0)

    async def step(self, step: Step, chunks: Chunks) -> None:
        match step:
            case "lose":
                self.store()
            case "announce":
                self.store()
                self.announce(self.stored)
            case "noise":
                self.events.happen(OTHER)
            case "race":
                self.racing = True
            case int():
                self.announce(step)
            case _:
                self.take(await anext(chunks))

    def take(self, chunk: bytes) -> None:
        ids = [line for line in chunk.decode().splitlines() if line.startswith("id: ord_1:")]
        self.seen += [int(line.rpartition(":")[2]) for line in ids]


async def live_through(connections: list[list[Step]]) -> list[int]:
    """At last what is left is stored and, as a worker promises, announced; then the last connection reads on."""
    world = World()
    *earlier, last = connections
    for steps in earlier:
        with world.connection() as chunks:
            for step in steps:
                await world.step(step, chunks)
    with world.connection() as chunks:
        for step in [*last, *["lose"] * NEWEST]:
            await world.step(step, chunks)
        for version in set(range(1, NEWEST + 1)) - world.announced:
            world.announce(version)
        for _ in range(3 * NEWEST):
            await world.step("read", chunks)
    return world.seen


STEPS = st.lists(
    st.sampled_from(["announce", "lose", "read", "read", "read", "noise", "race"]) | st.integers(1, NEWEST), max_size=20
)


@settings(max_examples=300)
@given(st.lists(STEPS, min_size=1, max_size=4))
def test_a_client_sees_every_version_once_and_in_order(connections: list[list[Step]]) -> None:
    assert asyncio.run(live_through(connections)) == list(range(1, NEWEST + 1))
