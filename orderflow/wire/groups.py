"""A consumer group as Kafka knows it: how far it has come on its topic, and which member reads what."""

from collections.abc import Sequence
from dataclasses import dataclass

from orderflow.wire.records import Topic

WORKER_GROUP = "orderflow-worker"
INSIGHTS_GROUP = "orderflow-insights"
TOPIC_OF_GROUP = {WORKER_GROUP: Topic.COMMANDS, INSIGHTS_GROUP: Topic.EVENTS}
"""What each role's group reads, without the prefix of a deployment; other topics of it hold its own tables."""
DEAD = "Dead"
"""Kafka's word for the state of a group that is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A client that belongs to the group; it may have no partition. `id` is made anew whenever a client joins."""

    id: str
    client_id: str
    host: str
    partitions: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far the group is on one partition. `committed`: the first offset that it has not done, None at the start."""

    partition: int
    begin: int
    end: int
    committed: int | None

    @property
    def done(self) -> int:
        """The offset before which nothing is to be done; what is no longer there counts as done."""
        return max(self.begin, self.committed or 0)

    @property
    def lag(self) -> int:
        """How many records are not done.

        Where a transaction ended last, its marker makes this 1 for good: it has an offset and is given to nobody.
        """
        return max(0, self.end - self.done)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupReading:
    """One look at a group. `state` in Kafka's words: Stable, PreparingRebalance, CompletingRebalance, Empty, Dead."""

    group: str
    topic: str
    state: str
    positions: Sequence[Position]
    members: Sequence[Member]

    @property
    def is_dead(self) -> bool:
        """Whether Kafka never heard of the group, or has forgotten it."""
        return self.state == DEAD

    @property
    def lag(self) -> int:
        return sum(position.lag for position in self.positions)

    def reader_of(self, partition: int) -> Member | None:
        """The member that reads the partition; None while the group rebalances, too."""
        return next((member for member in self.members if partition in member.partitions), None)
