"""From settings to an open command exchange: topics that are there, and a tail that hears every outcome."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager

from aiokafka.errors import KafkaError

from orderflow.adapters.kafka_access import KafkaAccess, KafkaRefusalError
from orderflow.adapters.kafka_admission import kafka_client
from orderflow.adapters.kafka_publisher import KafkaPublisher
from orderflow.adapters.server_urls import start_or_name
from orderflow.domain.outcome import Outcome
from orderflow.settings import Settings
from orderflow.streaming.command_exchange import CommandExchange, Outgoing
from orderflow.streaming.outcome_board import OutcomeBoard
from orderflow.streaming.outcome_tail import OutcomeTail
from orderflow.streaming.topic_tail import TopicTail
from orderflow.wire.records import Topic

REACH_SECONDS = 5.0


class KafkaUnusableError(Exception):
    """Kafka is away, or its topics are not as the settings say; the message says what to do."""


@asynccontextmanager
async def open_exchange(
    settings: Settings, answered: Callable[[Outgoing, Outcome], None], *, patience: float
) -> AsyncIterator[CommandExchange]:
    """Raises KafkaUnusableError within 10 seconds; the tail is ready before anything can be sent."""
    await require_topics(settings, Topic.COMMANDS, Topic.OUTCOMES)
    kafka, partitions, board = KafkaAccess.of(settings), settings.partitions, OutcomeBoard(time.monotonic)
    tail = OutcomeTail(kafka=kafka, topic=settings.named(Topic.OUTCOMES), partitions=partitions, board=board)
    publisher = KafkaPublisher(kafka=kafka, prefix=settings.topic_prefix, partitions=partitions)
    exchange = CommandExchange(publisher=publisher, board=board, answered=answered, patience=patience)
    await tail.start()
    try:
        await require_ready(tail, kafka.brokers)
        yield exchange
    finally:
        exchange.abandon()
        await publisher.close(within=1.0)
        await tail.stop()


async def require_topics(settings: Settings, *topics: Topic) -> None:
    """Raises KafkaUnusableError where one is missing, or has another partition count than the setting."""
    counts = await _partition_counts(settings, topics)
    for topic, count in counts.items():
        if count == 0:
            raise KafkaUnusableError(f"Kafka has no topic {topic}: `orderflow init` creates it")
        if count != settings.partitions:
            raise KafkaUnusableError(
                f"topic {topic} has {count} partitions, but ORDERFLOW_PARTITIONS says {settings.partitions}"
            )


async def _partition_counts(settings: Settings, topics: Iterable[Topic]) -> dict[str, int]:
    with kafka_failures_told(settings.kafka_brokers):
        try:
            async with asyncio.timeout(REACH_SECONDS), kafka_client(KafkaAccess.of(settings)) as client:
                cluster = await client.fetch_all_metadata()
        except (OSError, ValueError) as error:
            raise kafka_away(settings.kafka_brokers) from error
    names = (settings.named(topic) for topic in topics)
    return {name: len(cluster.partitions_for_topic(name) or ()) for name in names}


async def require_ready(tail: TopicTail, brokers: str) -> None:
    """Raises KafkaUnusableError where it has no position soon."""
    try:
        async with asyncio.timeout(REACH_SECONDS):
            await tail.until_ready()
    except TimeoutError:
        raise kafka_away(brokers) from None


@contextmanager
def kafka_failures_told(brokers: str) -> Iterator[None]:
    """Raises KafkaUnusableError, with the reason, where Kafka does not let us in or fails."""
    try:
        yield
    except KafkaRefusalError as refusal:
        raise KafkaUnusableError(str(refusal)) from refusal
    except (KafkaError, TimeoutError) as error:
        raise kafka_away(brokers) from error


def kafka_away(brokers: str) -> KafkaUnusableError:
    """No broker answers."""
    return KafkaUnusableError(f"Kafka does not answer at {brokers}: {start_or_name('ORDERFLOW_KAFKA_BROKERS')}")
