"""The composition root of the insights role: settings become adapters, adapters its work."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from orderflow.adapters.kafka_admission import knock
from orderflow.adapters.kafka_changelog import KafkaChangelog
from orderflow.adapters.kafka_partitions import partition_of
from orderflow.adapters.kafka_publisher import KafkaPublisher
from orderflow.adapters.redis_statistics import RedisStatistics
from orderflow.bootstrap import RefusedStartError, from_kafka, kafka_access, lifecycle, now, redis
from orderflow.domain.lifecycle import State
from orderflow.insights.book import Book
from orderflow.insights.expiry import Expiry
from orderflow.insights.holdings import Holdings
from orderflow.insights.limits import milliseconds, stuck_limits
from orderflow.insights.publishing import SharePublisher
from orderflow.insights.role import Insights
from orderflow.insights.watch import StuckWatch
from orderflow.processing.processor import KAFKA
from orderflow.processing.readiness import Readiness
from orderflow.settings import Settings
from orderflow.streaming.changelog_topic import changelog_name, ensure_changelog
from orderflow.streaming.instance import instance_name
from orderflow.streaming.topics import ensure_topics

End = Callable[[int], int | None]
"""Where a partition of the event topic ends, None where that is not known."""


@asynccontextmanager
async def insights(settings: Settings, readiness: Readiness, holdings: Holdings, end: End) -> AsyncIterator[Insights]:
    """Waits for Kafka as long as it takes; Redis may be away. Raises RefusedStartError."""
    limits, expires_after = stuck_after(settings), expiry_after(settings)
    readiness.expect(KAFKA)
    await from_kafka(readiness, ensure_topics, settings)
    await from_kafka(readiness, ensure_changelog, settings)
    kafka = kafka_access(settings)
    changelog = KafkaChangelog(kafka=kafka, topic=changelog_name(settings))
    commands = KafkaPublisher(kafka=kafka, prefix=settings.topic_prefix, partitions=settings.partitions)
    book = Book(
        holdings, changelog, readiness, now, lambda order_id: partition_of(order_id.encode(), settings.partitions)
    )
    async with AsyncExitStack() as stack:
        board = RedisStatistics(await stack.enter_async_context(redis(settings)), settings.redis_prefix)
        stack.push_async_callback(changelog.close)
        stack.push_async_callback(commands.close)
        readiness.probe(KAFKA, partial(knock, kafka))
        readiness.probe("Redis", partial(board.shares, 1), needed=False)
        yield Insights(
            holdings=holdings,
            book=book,
            publisher=SharePublisher(holdings, board, limits, now, instance_name("insights", settings)),
            watch=StuckWatch(holdings, book, limits, now),
            expiry=Expiry(holdings, commands, expires_after, now, end) if expires_after else None,
        )


def stuck_after(settings: Settings) -> Mapping[State, int]:
    """Raises RefusedStartError."""
    try:
        return stuck_limits(settings.stuck_after)
    except ValueError as error:
        raise RefusedStartError(f"ORDERFLOW_STUCK_AFTER={settings.stuck_after}: {error}") from error


def expiry_after(settings: Settings) -> int | None:
    """Milliseconds; None where orders do not expire. Raises RefusedStartError."""
    if not settings.expire_created_after:
        return None
    try:
        after = milliseconds(settings.expire_created_after)
    except ValueError as error:
        raise RefusedStartError(f"ORDERFLOW_EXPIRE_CREATED_AFTER: {error}") from error
    if State.CREATED not in lifecycle(settings).cancel:
        raise RefusedStartError("ORDERFLOW_EXPIRE_CREATED_AFTER: this lifecycle cancels no order that is created")
    return after
