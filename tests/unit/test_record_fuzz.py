"""Forged records over a worker in memory: each has its fate; and a worker without one of its cares is found out."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from random import Random

import pytest

from orderflow.adapters.memory_publisher import InMemoryPublisher
from orderflow.domain.commands import CommandType
from orderflow.domain.stored import Received
from orderflow.processing import processor
from orderflow.wire.commands import Invalid, Stage, Unreadable, decode_command
from orderflow.wire.records import Message, Record, Topic
from tests.fuzz.forging import Forge, Forged
from tests.fuzz.traffic import FIELDS, Traffic
from tests.fuzz.verdict import Sent, failures, sent
from tests.letters import stands
from tests.unit.command_worker import Worker

PARTITIONS, RECORDS, BATCH = 4, 1_500, 300
Decode = Callable[[Record, str], Received | Invalid | Unreadable]


class LosingPublisher(InMemoryPublisher):
    """Says that everything was delivered, and was not: every hundredth message of one topic."""

    def __init__(self, topic: Topic) -> None:
        super().__init__()
        self.topic, self.seen = topic, 0

    async def publish(self, messages: Sequence[Message]) -> Sequence[Message]:
        kept = [message for message in messages if not self._loses(message)]
        return await super().publish(kept)

    def _loses(self, message: Message) -> bool:
        self.seen += message.topic == self.topic
        return message.topic == self.topic and self.seen % 100 == 0


def any_key(record: Record, log: str) -> Received | Invalid | Unreadable:
    """Takes no notice of the key."""
    reading = decode_command(record, log)
    if isinstance(reading, Invalid) and reading.problem.type == "key-mismatch":
        return decode_command(Record(**_fields(record) | {"key": reading.order_id.encode()}), log)  # type: ignore[arg-type]
    return reading


def squeamish(record: Record, log: str) -> Received | Invalid | Unreadable:
    """Takes what is only not valid for unreadable."""
    reading = decode_command(record, log)
    if isinstance(reading, Invalid):
        return Unreadable(stage=Stage.VALIDATE, error_class="x", reason="x")
    return reading


def clumsy(record: Record, log: str) -> Received | Invalid | Unreadable:
    """Has a bug with a text that is valid."""
    if b"nul \\u0000" in (record.value or b""):
        raise ValueError("a bug")
    return decode_command(record, log)


def _fields(record: Record) -> dict[str, object]:
    return {name: getattr(record, name) for name in Record.__slots__}


def forged(seed: int) -> Iterator[tuple[Sent, Record]]:
    """The records, and what a consumer makes of them."""
    forge, ends = Forge(Random(seed), PARTITIONS), Counter[int]()
    for number in range(RECORDS):
        one = forge.next()
        partition = one.message.partition or 0
        yield sent(one, (partition, ends[partition])), received(one, partition, ends[partition], number)
        ends[partition] += 1


def received(one: Forged, partition: int, offset: int, number: int) -> Record:
    message = one.message
    names = (name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace") for name, _ in message.headers)
    return Record(
        topic="order_commands",
        partition=partition,
        offset=offset,
        timestamp=1_767_268_800_000 + number,
        key=message.key,
        value=message.value,
        headers=[(name, value) for name, (_, value) in zip(names, message.headers, strict=True)],
    )


async def fuzzed(worker: Worker, seed: int = 1) -> list[str]:
    records = list(forged(seed))
    for begin in range(0, RECORDS, BATCH):
        await worker.apply(*(record for _, record in records[begin : begin + BATCH]))
    letters = [stands(message) for message in worker.sent(Topic.DEAD_LETTERS)]
    outcomes = [message.value or b"" for message in worker.sent(Topic.OUTCOMES)]
    return list(failures([one for one, _ in records], outcomes, letters))


@pytest.mark.parametrize("seed", [1, 2])
async def test_every_forged_record_has_its_fate(seed: int) -> None:
    worker = Worker()
    assert await fuzzed(worker, seed) == []
    assert len(worker.sent(Topic.EVENTS)) > RECORDS / 20


@pytest.mark.parametrize(
    ("topic", "said"), [(Topic.OUTCOMES, "0 outcomes of 1 records"), (Topic.DEAD_LETTERS, "0 dead letters of record")]
)
async def test_a_lost_answer_is_found_out(topic: Topic, said: str) -> None:
    found = await fuzzed(Worker(publisher=LosingPublisher(topic)))
    assert any(said in failure for failure in found), found


@pytest.mark.parametrize(
    ("decode", "said"),
    [
        (any_key, "took effect, though none of its records may"),
        (squeamish, "a dead letter of record"),
        (clumsy, "a bug met record"),
    ],
)
@pytest.mark.usefixtures("quiet")
async def test_a_worker_that_reads_wrongly_is_found_out(
    decode: Decode, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processor, "decode_command", decode)
    found = await fuzzed(Worker())
    assert any(said in failure for failure in found), found


def test_the_traffic_has_commands_of_every_type_that_collide() -> None:
    assert FIELDS.keys() == set(CommandType)
    traffic = Traffic(Random(1), "x")
    made = [traffic.next() for _ in range(2_000)]
    assert {command["type"] for command in made} == set(CommandType)
    versions: dict[tuple[str, str], list[object]] = defaultdict(list)
    for command in made:
        versions[command["order_id"], command["command_id"]].append(command)
    again = [some for some in versions.values() if len(some) > 1]
    assert any(first == second for first, second, *_ in again)
    assert any(first != second for first, second, *_ in again)


def test_the_same_seed_forges_the_same_records() -> None:
    assert [record for _, record in forged(5)] == [record for _, record in forged(5)]
