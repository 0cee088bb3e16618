"""What is promised of a faulty world at any moment, compared with the journal of its command log."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

import orjson

from orderflow.domain.commands import Command
from orderflow.domain.stored import Change
from orderflow.wire.events import event_message
from orderflow.wire.fingerprint import fingerprint_of
from orderflow.wire.records import Message, Topic
from tests.unit.expectation import Journal
from tests.unit.faulty_world import FaultyWorld

NOT_REMEMBERED = {"order-not-found", "external-ref-taken", "command-id-reused", "dead-lettered", "outcome-forgotten"}
Meaning = tuple[str, str, str | None]
"""Order, command and fingerprint."""


@dataclass(kw_only=True)
class Promises:
    """Every method fails when its promise is broken."""

    world: FaultyWorld
    journal: Journal
    _shown: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _repeated: set[Meaning] = field(default_factory=set)
    _heard: int = 0
    _told: dict[Meaning, dict[str, set[bytes]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))

    async def order_is_as_expected(self, order_id: str) -> None:
        stored = await self.world.stored.get(order_id)
        history = stored.history if stored else ()
        assert [change.event.version for change in history] == list(range(1, len(history) + 1))
        asked = self.journal.applied(order_id)[: len(history)]
        assert [change.command_id for change in history] == asked, "changed by other commands than the log says"
        self._events_are_the_history(order_id, history)
        cached = await self.world.cache.order(order_id)
        shown = cached.version if cached else 0
        assert self._shown[order_id] <= shown <= len(history), "the cache is ahead, or went back"
        self._shown[order_id] = shown

    def outcomes_are_as_expected(self) -> None:
        told = self._outcomes()
        allowed: dict[Meaning, set[str]] = defaultdict(set)
        for command, end in zip(self.journal.commands, self.journal.ends, strict=True):
            if command:
                allowed[_meaning(command)].add(end)
        for meaning, ends in told.items():
            assert set(ends) <= self._or_forgotten(allowed[meaning]), f"{meaning} ended {sorted(ends)}"
            bodies = set[bytes]().union(*(ends[end] for end in ends if end not in NOT_REMEMBERED))
            assert self.journal.forgets or len(bodies) <= 1, f"{meaning} has two meanings: {bodies}"

    def acknowledged_records_have_ended(self) -> None:
        told = self._outcomes()
        buried = {dict(message.headers)["x-dlq-offset"] for message in self._sent(Topic.DEAD_LETTERS)}
        for offset in range(self.world.committed):
            command, end = self.journal.commands[offset], self.journal.ends[offset]
            if command:
                assert end in told[_meaning(command)], f"record {offset} has no outcome"
            if end == "dead-lettered":
                assert str(offset).encode() in buried, f"record {offset} is not buried"

    def repeats_are_marked(self) -> None:
        """But for what a short ledger has forgotten, which is decided afresh."""
        self._outcomes()
        acknowledged = zip(self.journal.commands[: self.world.committed], self.journal.ends, strict=False)
        counts = Counter(_meaning(command) for command, end in acknowledged if command and end not in NOT_REMEMBERED)
        repeats = {meaning for meaning, count in counts.items() if count > 1}
        assert self.journal.forgets or repeats <= self._repeated, "a repeat without its mark"

    def _events_are_the_history(self, order_id: str, history: tuple[Change, ...]) -> None:
        expected = [event_message(change, "/orderflow") for change in history]
        events = [message for message in self._sent(Topic.EVENTS) if message.key == order_id.encode()]
        firsts = [message for number, message in enumerate(events) if message not in events[:number]]
        assert firsts == expected[: len(firsts)], "an event is not what the history says, or not in its order"
        due = len(self.journal.applied(order_id, self.world.committed))
        assert len(firsts) >= due, "acknowledged before it was announced"

    def _outcomes(self) -> dict[Meaning, dict[str, set[bytes]]]:
        """For each meaning what was told, without the mark of a repeat, by how it ended."""
        messages = self._sent(Topic.OUTCOMES)
        for message in messages[self._heard :]:
            fields = orjson.loads(message.value or b"")
            meaning = fields["order_id"], fields["command_id"], fields["fingerprint"]
            end = fields["error"]["type"] if fields["error"] else fields["status"]
            if fields["replayed"]:
                self._repeated.add(meaning)
            self._told[meaning][end].add(orjson.dumps(fields | {"replayed": None}))
        self._heard = len(messages)
        return self._told

    def _or_forgotten(self, ends: set[str]) -> set[str]:
        """What may be told instead, where the ledger is short: but never of what was applied."""
        return ends | {"outcome-forgotten"} if self.journal.forgets and ends - {"applied"} else ends

    def _sent(self, topic: Topic) -> list[Message]:
        return self.world.publisher.delivered[topic]


def _meaning(command: Command) -> Meaning:
    return command.order_id, command.command_id, fingerprint_of(command)
