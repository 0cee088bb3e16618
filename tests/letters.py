"""Dead letters as a worker writes them, onto a log in memory."""

from dataclasses import dataclass, field
from datetime import datetime

from orderflow.adapters.memory_letters import InMemoryLetterLog
from orderflow.adapters.memory_publisher import InMemoryPublisher
from orderflow.processing.dead_letter_desk import DeadLetterDesk
from orderflow.processing.replay_plan import CommandLog
from orderflow.wire.commands import Stage, Unreadable
from orderflow.wire.dead_letters import dead_letter
from orderflow.wire.letters import DeadLetter, LetterId, read_letter
from orderflow.wire.records import Message, Record, Topic
from tests.builders import NOW

COMMANDS = CommandLog(topic="x.order_commands", partitions=4)


def command_record(
    offset: int = 7,
    *,
    key: bytes | None = b"ord_1",
    value: bytes | None = b"not json",
    partition: int = 1,
    headers: tuple[tuple[str, bytes], ...] = (),
) -> Record:
    return Record(
        topic=COMMANDS.topic,
        partition=partition,
        offset=offset,
        timestamp=1_767_268_800_000 + offset,
        key=key,
        value=value,
        headers=headers,
    )


def letter_message(record: Record, *, stage: Stage = Stage.DECODE, at: datetime = NOW) -> Message:
    """What the worker writes for a record that it cannot handle."""
    reason = Unreadable(stage=stage, error_class="MalformedJson", reason="Invalid JSON")
    return dead_letter(record, reason, "x.orderflow-worker", at)


def stands(message: Message, partition: int = 0, offset: int = 0) -> Record:
    """The message as the dead letter topic keeps it."""
    return Record(
        topic=f"x.{Topic.DEAD_LETTERS}",
        partition=partition,
        offset=offset,
        timestamp=message.timestamp or 0,
        key=message.key,
        value=message.value,
        headers=tuple(message.headers),
    )


def letter(record: Record | None = None, *, offset: int = 0, stage: Stage = Stage.DECODE) -> DeadLetter:
    return read_letter(stands(letter_message(record or command_record(), stage=stage), offset=offset))


@dataclass(kw_only=True)
class Post:
    """A desk over a log in memory."""

    log: InMemoryLetterLog = field(default_factory=lambda: InMemoryLetterLog(2))
    publisher: InMemoryPublisher = field(default_factory=InMemoryPublisher)
    _ends: dict[int, int] = field(default_factory=dict)

    @property
    def desk(self) -> DeadLetterDesk:
        return DeadLetterDesk(log=self.log, publisher=self.publisher, commands=COMMANDS)

    @property
    def put_back(self) -> list[Message]:
        return self.publisher.delivered[Topic.COMMANDS]

    def receive(
        self, record: Record, partition: int = 0, *, stage: Stage = Stage.DECODE, at: datetime = NOW
    ) -> LetterId:
        """A worker sets the record aside."""
        return self.append(letter_message(record, stage=stage, at=at), partition)

    def append(self, message: Message, partition: int = 0) -> LetterId:
        offset = self._ends.get(partition, 0)
        self._ends[partition] = offset + 1
        self.log.append(stands(message, partition, offset))
        return LetterId(partition, offset)

    def fail_again(self, offset: int) -> LetterId:
        """A worker reads what was put back last, and sets it aside again."""
        message = self.put_back[-1]
        return self.receive(
            command_record(offset, key=message.key, value=message.value, headers=tuple(message.headers))
        )
