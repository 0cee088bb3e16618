"""A client's stream over two facades of which each has its own idea of now: each event once, or a reset."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from orderflow.adapters.kafka_partitions import partition_of
from orderflow.streaming.event_feed import EventFeed
from orderflow.wire.json import dumps
from orderflow.wire.positions import decode_position
from tests.unit.happenings import PARTITIONS, Happenings
from web.live.client_reading import Beginning, ClientReading, begin_after
from web.live.event_stream import Chunks, TooSlowError

TOPIC = "order_events"
KEYS = [b"%d" % number for number in range(20)]
"""Enough for every partition."""
ORDERS = [(f"{client}-{number}", client) for client in ("ours", "theirs") for number in range(4)]


@dataclass
class Facade:
    """Follows the log at its own pace."""

    events: Happenings
    feed: EventFeed = field(init=False)
    reached: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.feed = self.events.new_feed()
        self.reached = list(self.feed.reached)

    def follow(self, partition: int, count: int) -> None:
        records = self.events.log[partition][self.reached[partition] :][:count]
        if records:
            self.feed.receive(records)
            self.reached[partition] += len(records)

    def connect_again(self) -> None:
        """It learns where the log ends, and reads on where it was."""
        ends = {partition: len(records) for partition, records in enumerate(self.events.log)}
        self.feed.begin(self.events.births, dict(enumerate(self.reached)), ends)


@dataclass
class Listener:
    """Counts what it is shown against what there is; `at` is where it stands."""

    events: Happenings
    last_id: str = ""
    at: list[int] = field(default_factory=lambda: [0] * PARTITIONS)
    resets: int = 0

    @asynccontextmanager
    async def connection(self, feed: EventFeed) -> AsyncIterator[Chunks]:
        beginning = Beginning(feed.now())
        if self.last_id:
            beginning = await begin_after(decode_position(self.last_id, TOPIC), feed, self.events.ends)
        with feed.follow_client("ours", beginning.offsets, lambda _: True) as live:
            yield ClientReading(beginning, live=live, feed=feed, topic=TOPIC).chunks(heartbeat=0)

    def read(self, chunk: bytes) -> None:
        for block in chunk.decode().strip().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines())
            if "id" not in fields:
                continue
            position, known = list(decode_position(fields["id"], TOPIC).offsets), bool(self.last_id)
            self.last_id = fields["id"]
            if "event" in fields:
                self.resets += 1
            elif known:
                self.shown(position, orjson.loads(fields["data"])["place"] if "data" in fields else None)
            self.at = position

    def shown(self, position: list[int], place: list[int] | None) -> None:
        """What lies between where it stood and where it stands now is this one event of ours, or none."""
        between = [
            [partition, offset]
            for partition, records in enumerate(self.events.log)
            for offset in range(self.at[partition], position[partition])
            if b'"client_id":"ours"' in (records[offset].value or b"")
        ]
        assert between == ([place] if place else [])
        assert all(map(int.__le__, self.at, position)), "an id never goes back"


Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(st.just("write"), st.integers(0, len(ORDERS) - 1), st.just(0))
    | st.tuples(st.sampled_from(["follow", "follow other"]), st.integers(0, PARTITIONS - 1), st.integers(1, 3))
    | st.tuples(st.sampled_from(["read", "read", "connect again"]), st.just(0), st.just(0)),
    max_size=25,
)


def write(events: Happenings, order_id: str, client_id: str) -> None:
    told = {"type": "order.created", "order_id": order_id, "client_id": client_id, "version": 1, "state": "created"}
    partition = events.partition(order_id)
    events.write(order_id.encode(), dumps(told | {"place": [partition, len(events.log[partition])]}))


async def live_through(connections: list[list[Step]], events: Happenings) -> Listener:
    for partition in range(PARTITIONS):
        events.write(next(key for key in KEYS if partition_of(key, PARTITIONS) == partition), b"{}")
    listener, here, other = Listener(events), Facade(events), Facade(events)
    for steps in connections:
        async with listener.connection(here.feed) as chunks:
            for kind, which, count in steps:
                match kind:
                    case "write":
                        write(events, *ORDERS[which])
                    case "follow":
                        here.follow(which, count)
                    case "follow other":
                        other.follow(which, count)
                    case "connect again":
                        here.connect_again()
                    case _:
                        listener.read(await anext(chunks))
        here, other = other, here
    return listener


@settings(max_examples=300)
@given(st.lists(STEPS, min_size=1, max_size=5))
def test_a_client_sees_every_event_once_whichever_facade_it_comes_back_to(connections: list[list[Step]]) -> None:
    assert asyncio.run(live_through(connections, Happenings(held=True))).resets == 0


@settings(max_examples=300)
@given(st.lists(STEPS, min_size=1, max_size=5))
def test_where_few_events_are_kept_whatever_a_client_misses_is_behind_a_reset(connections: list[list[Step]]) -> None:
    with suppress(TooSlowError):
        asyncio.run(live_through(connections, Happenings(held=True, max_events=2)))
