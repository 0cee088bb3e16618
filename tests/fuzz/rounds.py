"""Forged records in rounds, each with a sentinel for every partition at its end: one that is not answered is stuck."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from orderflow.adapters.kafka_partitions import partition_of
from orderflow.local.notices import Say
from tests.chaos.own_servers import creation
from tests.fuzz.forging import Forge, Forged, placed
from tests.fuzz.listening import Heard
from tests.fuzz.sending import Sender
from tests.fuzz.verdict import Sent

ROUND = 2_000
AHEAD = 2
"""So many rounds are on the log before the first one's sentinels have to be answered."""
SENTINEL = "sentinel"


class StuckError(Exception):
    """A partition answers no more."""


@dataclass(slots=True, kw_only=True)
class Rounds:
    """`sent` is what stands on the log so far; an answer has to come within `patience` seconds."""

    forge: Forge
    sender: Sender
    heard: Heard
    say: Say
    patience: float
    sent: list[Sent] = field(default_factory=list)
    _names: Iterator[int] = field(default_factory=count)

    async def run(self, records: int) -> None:
        """Raises StuckError."""
        waiting: deque[Sequence[Forged]] = deque()
        for begin in range(0, records, ROUND):
            self.sent += await self.sender.send([self.forge.next() for _ in range(min(ROUND, records - begin))])
            waiting.append([self._sentinel(partition) for partition in range(self.forge.partitions)])
            self.sent += await self.sender.send(waiting[-1])
            if len(waiting) == AHEAD:
                await self._answered(waiting.popleft())
            self.say(f"{len(self.sent)} records sent, {self.heard.answers} answered")
        for sentinels in waiting:
            await self._answered(sentinels)

    async def _answered(self, sentinels: Sequence[Forged]) -> None:
        missing = await self.heard.of({(one.message.key or b"").decode() for one in sentinels}, self.patience)
        if missing:
            raise StuckError(f"no answer within {self.patience:g} s to {sorted(missing)}")

    def _sentinel(self, partition: int) -> Forged:
        """A creation on that partition."""
        partitions = self.forge.partitions
        names = (f"{self.forge.name}-{SENTINEL}-{number}" for number in self._names)
        order_id = next(name for name in names if partition_of(name.encode(), partitions) == partition)
        message = placed(order_id.encode(), creation(order_id, SENTINEL), partitions)
        return Forged(strategy=SENTINEL, message=message, sound=True)
