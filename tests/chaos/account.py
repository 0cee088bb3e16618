"""What a run left on the topics, held against what clients were promised."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import orjson

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_reader import KafkaReader, kafka_reader
from orderflow.wire.records import Record, Topic
from tests.chaos.mix import POISON
from tests.chaos.promises import Command, Promises

DONE = {"applied", "unchanged"}
FORGOTTEN, DEAD_LETTERED = "outcome-forgotten", "dead-lettered"
"""No client of a run is ever to be told these: its orders forget nothing, and there is no bug."""


@dataclass(slots=True, kw_only=True)
class Account:
    """What the topics hold: counts, and by what they belong to how commands ended and what events say.

    An end is a status or, of a rejection, its problem's type. `letters` are the keys of dead letters.
    """

    commands: int = 0
    outcomes: int = 0
    events: int = 0
    letters: Counter[str] = field(default_factory=Counter)
    ends: dict[Command, set[str]] = field(default_factory=lambda: defaultdict(set))
    versions: dict[Command, set[int]] = field(default_factory=lambda: defaultdict(set))
    event_ids: set[str] = field(default_factory=set)

    @property
    def repeated(self) -> int:
        """Deliveries beyond the first: each makes one outcome or dead letter, and each change one event."""
        return self.outcomes + self.letters.total() - self.commands + self.events - len(self.event_ids)

    def lost(self, promises: Promises) -> list[str]:
        """What was promised and did not come."""
        missing = [f"{command}: no outcome" for command in promises.commands if command not in self.ends]
        swallowed = [f"{command}: {self.ends[command]}" for command in promises.commands if self._swallowed(command)]
        undone = [f"{command}: {self.ends[command]}, not done" for command in promises.done if not self._done(command)]
        unburied = [f"{key}: no dead letter" for key in promises.poison if key not in self.letters]
        return [*missing, *swallowed, *undone, *unburied]

    def doubled(self, promises: Promises) -> list[str]:
        """What came twice in effect."""
        twice = [f"{command}: versions {found}" for command, found in self.versions.items() if len(found) > 1]
        orders = [f"key {key}: {found}" for key, found in promises.orders_by_key.items() if len(found) > 1]
        undead = [f"{command}: refused and done" for command in promises.refused if self._done(command)]
        return [*twice, *orders, *undead]

    def buried_alive(self) -> list[str]:
        """Dead letters of what was no poison."""
        return [f"{key} is a dead letter" for key in self.letters if POISON not in key]

    def _done(self, command: Command) -> bool:
        return bool(self.ends.get(command, set()) & DONE)

    def _swallowed(self, command: Command) -> bool:
        ends = self.ends.get(command, set())
        return DEAD_LETTERED in ends or ends == {FORGOTTEN}


async def account_of(brokers: str, prefix: str) -> Account:
    account = Account()
    async with kafka_reader(KafkaAccess(brokers=brokers)) as reader:
        account.commands = sum([1 async for _ in _records(reader, prefix, Topic.COMMANDS)])
        async for record in _records(reader, prefix, Topic.OUTCOMES):
            _count_outcome(account, record)
        async for record in _records(reader, prefix, Topic.EVENTS):
            account.events += 1
            account.event_ids.add(orjson.loads(record.value or b"")["event_id"])
        async for record in _records(reader, prefix, Topic.DEAD_LETTERS):
            account.letters[(record.key or b"").decode()] += 1
    return account


def _count_outcome(account: Account, record: Record) -> None:
    outcome = orjson.loads(record.value or b"")
    command = (outcome["order_id"], outcome["command_id"])
    account.outcomes += 1
    account.ends[command].add(outcome["error"]["type"] if outcome["error"] else outcome["status"])
    if outcome["status"] == "applied":
        account.versions[command].add(outcome["version"])


async def _records(reader: KafkaReader, prefix: str, topic: Topic) -> AsyncIterator[Record]:
    name = f"{prefix}{topic}"
    async for records in reader.read(name, await reader.ends(name)):
        for record in records:
            yield record
