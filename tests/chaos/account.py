"""What a run left on the topics, held against what clients were promised."""

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import orjson

from orderflow.adapters.kafka_reader import KafkaReader, kafka_reader
from orderflow.wire.records import Record, Topic
from tests.chaos.promises import Command, Promises

DONE = {"applied", "unchanged"}


@dataclass(slots=True, kw_only=True)
class Account:
    """Records counted, outcomes and events by what they belong to; `repeated`: deliveries beyond the first."""

    commands: int = 0
    outcomes: int = 0
    events: int = 0
    dead_letters: set[tuple[bytes, ...]] = field(default_factory=set)
    letters: int = 0
    ends: dict[Command, set[str]] = field(default_factory=lambda: defaultdict(set))
    versions: dict[Command, set[int]] = field(default_factory=lambda: defaultdict(set))
    contents: dict[str, set[bytes]] = field(default_factory=lambda: defaultdict(set))

    @property
    def repeated(self) -> int:
        """Every delivery of a command makes one outcome or dead letter, every change one event."""
        return self.outcomes + self.letters - self.commands + self.events - len(self.contents)

    def lost(self, promises: Promises) -> list[str]:
        """What was promised and did not come."""
        missing = [f"{command}: no outcome" for command in promises.commands if command not in self.ends]
        undone = [f"{command}: {self.ends[command]}, not done" for command in promises.done if not self._done(command)]
        unburied = promises.poison - len(self.dead_letters)
        return [*missing, *undone, *(["poison without a dead letter"] * max(0, unburied))]

    def doubled(self, promises: Promises) -> list[str]:
        """What came twice in effect."""
        twice = [f"{command}: versions {found}" for command, found in self.versions.items() if len(found) > 1]
        orders = [f"key {key}: {found}" for key, found in promises.orders_by_key.items() if len(found) > 1]
        differing = [
            f"event {event_id} has two contents" for event_id, found in self.contents.items() if len(found) > 1
        ]
        undead = [f"{command}: refused and done" for command in promises.refused if self._done(command)]
        return [*twice, *orders, *differing, *undead]

    def _done(self, command: Command) -> bool:
        return bool(self.ends.get(command, set()) & DONE)


async def account_of(brokers: str, prefix: str) -> Account:
    account = Account()
    async with kafka_reader(brokers) as reader:
        account.commands = sum([1 async for _ in _records(reader, prefix, Topic.COMMANDS)])
        async for record in _records(reader, prefix, Topic.OUTCOMES):
            _count_outcome(account, record)
        async for record in _records(reader, prefix, Topic.EVENTS):
            account.events += 1
            account.contents[orjson.loads(record.value or b"")["event_id"]].add(record.value or b"")
        async for record in _records(reader, prefix, Topic.DEAD_LETTERS):
            account.letters += 1
            headers = dict(record.headers)
            account.dead_letters.add((headers["x-dlq-partition"], headers["x-dlq-offset"]))
    return account


def _count_outcome(account: Account, record: Record) -> None:
    outcome = orjson.loads(record.value or b"")
    command = (outcome["order_id"], outcome["command_id"])
    account.outcomes += 1
    account.ends[command].add(outcome["status"])
    if outcome["status"] == "applied":
        account.versions[command].add(outcome["version"])


async def _records(reader: KafkaReader, prefix: str, topic: Topic) -> AsyncIterator[Record]:
    name = f"{prefix}{topic}"
    async for records in reader.read(name, await reader.ends(name)):
        for record in records:
            yield record
