"""A replay while Kafka takes or gives nothing: what was done is told, and nothing is overtaken."""

from collections.abc import AsyncGenerator, Sequence

import pytest

from orderflow.adapters.memory_publisher import InMemoryPublisher
from orderflow.processing.replay_plan import AT_ONCE
from orderflow.wire.letters import LetterId
from orderflow.wire.records import Record
from tests.letters import Post, command_record
from tests.unit.test_dead_letter_desk import figures, replay


async def test_nothing_overtakes_a_letter_that_kafka_does_not_take() -> None:
    post = Post(publisher=InMemoryPublisher(refuses=lambda number: number > AT_ONCE // 2))
    for offset in range(2 * AT_ONCE):
        post.receive(command_record(offset))
    done = await replay(post)
    assert (done.replayed, done.failed) == (AT_ONCE // 2, 2 * AT_ONCE - AT_ONCE // 2)
    [(first, reason)] = done.failures
    assert (first, "Kafka did not take it" in reason) == (LetterId(0, AT_ONCE // 2), True)


async def test_a_log_that_falls_silent_ends_a_replay_with_what_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    post = Post()
    for offset in range(AT_ONCE + 1):
        post.receive(command_record(offset))
    read, asked = post.log.read, []

    async def silent(partition: int, start: int, end: int) -> AsyncGenerator[Sequence[Record], None]:
        asked.append(start)
        if start == AT_ONCE:
            raise TimeoutError
        async for records in read(partition, start, end):
            yield records

    monkeypatch.setattr(post.log, "read", silent)
    done = await replay(post)
    assert (done.replayed, done.failed, len(asked)) == (AT_ONCE, 1, 4)
    assert done.failures == [(LetterId(0, AT_ONCE), "it cannot be read: TimeoutError()")]


async def test_what_was_refused_once_is_sent_again_in_order() -> None:
    post = Post(publisher=InMemoryPublisher(refuses=lambda number: number == 2))
    for offset in range(4):
        post.receive(command_record(offset, value=b"%d" % offset))
    assert figures(await replay(post)) == (4, 0, 0, 0)
    assert [message.value for message in post.put_back] == [b"0", b"1", b"2", b"3"]
