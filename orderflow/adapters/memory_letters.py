"""Dead letters in memory: the twin of the topic."""

from collections.abc import AsyncGenerator, Mapping, Sequence

from orderflow.wire.records import Record


class InMemoryLetterLog:
    """Keeps records by partition, each in offset order."""

    def __init__(self, partitions: int = 1) -> None:
        self.partitions: list[list[Record]] = [[] for _ in range(partitions)]
        self._ends = [0] * partitions

    def append(self, record: Record) -> None:
        """A record that stands on one of its partitions."""
        self.partitions[record.partition].append(record)
        self._ends[record.partition] = record.offset + 1

    async def bounds(self) -> Mapping[int, tuple[int, int]]:
        return {
            number: (records[0].offset if records else end, end)
            for number, (records, end) in enumerate(zip(self.partitions, self._ends, strict=True))
        }

    async def read(self, partition: int, start: int, end: int) -> AsyncGenerator[Sequence[Record], None]:
        for record in list(self.partitions[partition]):
            if start <= record.offset < end:
                yield [record]

    async def delete_before(self, offsets: Mapping[int, int]) -> None:
        for partition, offset in offsets.items():
            self.partitions[partition] = [record for record in self.partitions[partition] if record.offset >= offset]
