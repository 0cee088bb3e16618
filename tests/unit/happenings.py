"""`order_events` without Kafka: one log of some partitions, and the feed of a facade that follows it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from orderflow.adapters.kafka_partitions import partition_of
from orderflow.domain.stored import Change
from orderflow.streaming.event_feed import EventFeed
from orderflow.streaming.exchange_opening import KafkaUnusableError
from orderflow.wire.events import event_message
from orderflow.wire.records import Record

PARTITIONS = 3


@dataclass(kw_only=True)
class Happenings:
    """`held`: what happens is not told before it is released."""

    max_events: int = 1_000
    max_bytes: int = 2**20
    away: bool = False
    held: bool = False
    born: int = 1_767_268_800_000
    log: list[list[Record]] = field(default_factory=lambda: [[] for _ in range(PARTITIONS)])
    feed: EventFeed = field(init=False)

    def __post_init__(self) -> None:
        self.feed = self.new_feed()

    def new_feed(self, lookback: int = 0) -> EventFeed:
        """That of a facade which begins to follow now."""
        feed = EventFeed(partitions=PARTITIONS, max_bytes=self.max_bytes, max_events=self.max_events)
        ends = {partition: len(records) for partition, records in enumerate(self.log)}
        starts = {partition: max(0, end - lookback) for partition, end in ends.items()}
        feed.begin(self.births, starts, ends)
        for partition, records in enumerate(self.log):
            if records[starts[partition] :]:
                feed.receive(records[starts[partition] :])
        return feed

    @property
    def births(self) -> dict[int, int]:
        return {partition: records[0].timestamp for partition, records in enumerate(self.log) if records}

    def happen(self, change: Change) -> Record:
        message = event_message(change, "/orderflow")
        return self.write(message.key or b"", message.value or b"")

    def partition(self, order_id: str) -> int:
        return partition_of(order_id.encode(), PARTITIONS)

    def write(self, key: bytes, value: bytes) -> Record:
        partition = partition_of(key, PARTITIONS)
        offset = len(self.log[partition])
        record = Record(
            topic="order_events", partition=partition, offset=offset, timestamp=self.born + offset, key=key, value=value
        )
        self.log[partition].append(record)
        if not self.held:
            self.feed.receive([record])
        return record

    def wipe(self) -> None:
        """The log begins anew, and the feed's tail notices when it connects again."""
        self.log = [[] for _ in range(PARTITIONS)]
        self.born += 1
        self.feed.begin({}, dict.fromkeys(range(PARTITIONS), 0), dict.fromkeys(range(PARTITIONS), 0))

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[EventFeed]:
        if self.away:
            raise KafkaUnusableError("Kafka does not answer")
        yield self.feed

    async def ends(self) -> Sequence[int]:
        return [len(records) for records in self.log]
