"""From settings to an open desk for dead letters."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka.errors import BrokerResponseError, KafkaError

from orderflow.adapters.kafka_access import KafkaAccess, KafkaRefusalError
from orderflow.adapters.kafka_letters import KafkaLetterLog
from orderflow.adapters.kafka_publisher import KafkaPublisher
from orderflow.adapters.kafka_reader import MissingTopicError, kafka_reader
from orderflow.processing.dead_letter_desk import DeadLetterDesk
from orderflow.processing.replay_plan import CommandLog
from orderflow.settings import Settings
from orderflow.streaming.exchange_opening import KafkaUnusableError, kafka_away, require_topics
from orderflow.wire.records import Topic


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[DeadLetterDesk]:
    """Raises KafkaUnusableError, also where Kafka fails while the desk is open."""
    await require_topics(settings, Topic.COMMANDS, Topic.DEAD_LETTERS)
    kafka, prefix, partitions = KafkaAccess.of(settings), settings.topic_prefix, settings.partitions
    publisher = KafkaPublisher(kafka=kafka, prefix=prefix, partitions=partitions)
    try:
        async with kafka_reader(kafka) as reader:
            yield DeadLetterDesk(
                log=KafkaLetterLog(reader, kafka=kafka, topic=f"{prefix}{Topic.DEAD_LETTERS}"),
                publisher=publisher,
                commands=CommandLog(topic=f"{prefix}{Topic.COMMANDS}", partitions=partitions),
            )
    except KafkaRefusalError as refusal:
        raise KafkaUnusableError(str(refusal)) from refusal
    except (BrokerResponseError, MissingTopicError) as error:
        raise KafkaUnusableError(f"Kafka refuses: {error}") from error
    except (KafkaError, TimeoutError) as error:
        raise kafka_away(kafka.brokers) from error
    finally:
        await publisher.close(within=1.0)
