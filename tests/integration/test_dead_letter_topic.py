"""The desk for dead letters on a real broker."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.structs import TopicPartition

from orderflow.adapters import kafka_letters
from orderflow.adapters.kafka_partitions import partition_of
from orderflow.local.server import Server
from orderflow.local.stack import broker
from orderflow.processing.dead_letter_desk import DeadLetterDesk, UnknownLetterError
from orderflow.processing.selection import EVERYTHING, Selection
from orderflow.settings import Settings
from orderflow.streaming.desk_opening import open_desk
from orderflow.streaming.exchange_opening import KafkaUnusableError
from orderflow.streaming.topics import ensure_topics
from orderflow.wire.commands import Stage
from orderflow.wire.letters import LetterId
from orderflow.wire.records import Topic
from tests.letters import command_record, letter_message

PARTITIONS = 3


@pytest.fixture
async def settings(kafka_brokers: str, unique: str) -> Settings:
    settings = Settings(kafka_brokers=kafka_brokers, topic_prefix=f"{unique}.", partitions=PARTITIONS)
    await ensure_topics(settings)
    return settings


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[DeadLetterDesk]:
    async with open_desk(settings) as desk:
        yield desk


async def set_aside(settings: Settings, *records: tuple[int, bytes | None, bytes | None, Stage]) -> None:
    """Records (offset, key, value, stage) of partition 1 as a worker's dead letters, each on its key's partition."""
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka_brokers) as producer:
        for offset, key, value, stage in records:
            headers = (("h", b"%d" % offset), ("x-null", None))
            record = replace(
                command_record(offset, key=key, value=value, headers=headers),  # type: ignore[arg-type]
                topic=settings.named(Topic.COMMANDS),
            )
            message = letter_message(record, stage=stage)
            await producer.send_and_wait(
                settings.named(Topic.DEAD_LETTERS),
                message.value,
                message.key,
                partition=partition_of(key or b"", PARTITIONS),
                timestamp_ms=message.timestamp,
                headers=list(message.headers),
            )


async def commands(settings: Settings) -> list[ConsumerRecord]:
    """What stands on the command topic now."""
    partitions = [TopicPartition(settings.named(Topic.COMMANDS), number) for number in range(PARTITIONS)]
    found: list[ConsumerRecord] = []
    async with AIOKafkaConsumer(bootstrap_servers=settings.kafka_brokers, group_id=None) as consumer:
        consumer.assign(partitions)
        await consumer.seek_to_beginning()
        ends = await consumer.end_offsets(partitions)
        while len(found) < sum(ends.values()):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found.extend(records)
    return found


async def test_letters_of_several_partitions_are_listed_and_shown(settings: Settings, desk: DeadLetterDesk) -> None:
    keys = [b"ord_%d" % number for number in range(12)]
    await set_aside(settings, *((number, key, b"{", Stage.DECODE) for number, key in enumerate(keys)))
    listed = [letter async for letter in desk.letters(EVERYTHING)]
    assert {letter.record.key for letter in listed} == set(keys)
    assert [letter.id for letter in listed] == sorted(letter.id for letter in listed)
    assert {letter.id.partition for letter in listed} == set(range(PARTITIONS))
    shown = await desk.letter(listed[5].id)
    assert shown == listed[5]
    assert shown.headers == [("h", b"%d" % keys.index(shown.record.key or b"")), ("x-null", None)]
    with pytest.raises(UnknownLetterError):
        await desk.letter(LetterId(0, 99))


async def test_replayed_records_are_as_they_were_and_in_order(settings: Settings, desk: DeadLetterDesk) -> None:
    await set_aside(
        settings,
        (4, b"ord_1", b"second", Stage.APPLY),
        (2, b"ord_1", b"first", Stage.APPLY),
        (3, b"ord_2", None, Stage.DECODE),
        (5, None, b"keyless", Stage.DECODE),
        (6, b"ord_1", b"other", Stage.DECODE),
    )
    await desk.replay(Selection(stage=Stage.APPLY), force=False, dry_run=False)
    first, second = await commands(settings)
    assert (first.partition, first.key, first.value) == (partition_of(b"ord_1", PARTITIONS), b"ord_1", b"first")
    assert first.headers == (("h", b"2"), ("x-null", None), ("x-dlq-replays", b"1"))
    assert (second.value, second.offset) == (b"second", first.offset + 1)

    done = await desk.replay(Selection(stage=Stage.DECODE), force=False, dry_run=False)

    assert (done.replayed, done.failed) == (3, 0)
    by_key = {record.key: record for record in await commands(settings)}
    assert (by_key[None].partition, by_key[None].value) == (1, b"keyless")
    assert by_key[b"ord_2"].value is None


@pytest.mark.apache_kafka
async def test_a_purge_deletes_the_beginning_of_each_partition(settings: Settings, desk: DeadLetterDesk) -> None:
    stages = [Stage.DECODE, Stage.DECODE, Stage.APPLY, Stage.DECODE]
    keys = (b"ord_%d" % number for number in range(2, 99))
    elsewhere = next(key for key in keys if partition_of(key, PARTITIONS) != partition_of(b"ord_1", PARTITIONS))
    await set_aside(
        settings,
        *((number, b"ord_1", b"%d" % number, stage) for number, stage in enumerate(stages)),
        (9, elsewhere, b"{", Stage.DECODE),
    )
    planned = await desk.plan_purge(Selection(stage=Stage.DECODE))
    assert (planned.purged, planned.held_back) == (3, 1)
    await desk.purge(planned)
    left = [letter async for letter in desk.letters(EVERYTHING)]
    assert [letter.record.value for letter in left] == [b"2", b"3"]
    await desk.purge(await desk.plan_purge(EVERYTHING))
    assert [letter async for letter in desk.letters(EVERYTHING)] == []


async def test_a_missing_topic_is_named_with_what_creates_it(kafka_brokers: str, unique: str) -> None:
    settings = Settings(kafka_brokers=kafka_brokers, topic_prefix=f"{unique}.")
    with pytest.raises(KafkaUnusableError, match=rf"{unique}\.order_commands.*`orderflow init`"):
        async with open_desk(settings):
            pass


async def test_a_broker_that_is_away_is_named(unused_tcp_port: int) -> None:
    settings = Settings(kafka_brokers=f"127.0.0.1:{unused_tcp_port}")
    with pytest.raises(KafkaUnusableError, match=f"does not answer at 127.0.0.1:{unused_tcp_port}"):
        async with open_desk(settings):
            pass


@pytest.mark.apache_kafka
async def test_a_broker_that_dies_is_named_while_letters_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_letters, "SILENCE_SECONDS", 1.0)
    with Server(broker(), tmp_path) as server:
        settings = Settings(kafka_brokers=server.address, partitions=PARTITIONS)
        await ensure_topics(settings)
        await set_aside(settings, (0, b"ord_1", b"{", Stage.DECODE), (1, b"ord_2", b"{", Stage.DECODE))
        with pytest.raises(KafkaUnusableError, match="does not answer"):
            await killed_while_read(settings, server)


async def killed_while_read(settings: Settings, server: Server) -> None:
    async with open_desk(settings) as desk, aclosing(desk.letters(EVERYTHING)) as letters:
        async for _ in letters:
            server.kill()
