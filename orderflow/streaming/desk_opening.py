"""From settings to an open desk for dead letters."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from aiokafka.errors import BrokerResponseError

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.kafka_letters import KafkaLetterLog
from orderflow.adapters.kafka_publisher import KafkaPublisher
from orderflow.adapters.kafka_reader import MissingTopicError, kafka_reader
from orderflow.processing.dead_letter_desk import DeadLetterDesk
from orderflow.processing.replay_plan import CommandLog
from orderflow.settings import Settings
from orderflow.streaming.exchange_opening import KafkaUnusableError, kafka_failures_told, require_topics
from orderflow.wire.records import Topic


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[DeadLetterDesk]:
    """Raises KafkaUnusableError, also where Kafka fails while the desk is open."""
    await require_topics(settings, Topic.COMMANDS, Topic.DEAD_LETTERS)
    kafka, partitions = KafkaAccess.of(settings), settings.partitions
    publisher = KafkaPublisher(kafka=kafka, prefix=settings.topic_prefix, partitions=partitions)
    try:
        with kafka_failures_told(kafka.brokers), _refusals_told():
            async with kafka_reader(kafka) as reader:
                yield DeadLetterDesk(
                    log=KafkaLetterLog(reader, kafka=kafka, topic=settings.named(Topic.DEAD_LETTERS)),
                    publisher=publisher,
                    commands=CommandLog(topic=settings.named(Topic.COMMANDS), partitions=partitions),
                )
    finally:
        await publisher.close(within=1.0)


@contextmanager
def _refusals_told() -> Iterator[None]:
    """What Kafka will not do, or not without the topic."""
    try:
        yield
    except (BrokerResponseError, MissingTopicError) as error:
        raise KafkaUnusableError(f"Kafka refuses: {error}") from error
