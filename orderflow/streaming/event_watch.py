"""Events as they come, for somebody who looks on: too many at once are passed over, not waited for."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.settings import Settings
from orderflow.streaming.event_feed import EventFeed
from orderflow.streaming.exchange_opening import require_topics
from orderflow.streaming.live_events import LiveEvents
from orderflow.streaming.recent_events import LiveEvent
from orderflow.wire.records import Topic

LOOK_SECONDS = 0.25
_ALL = 2**62
"""Bytes; a feed keeps far less."""


@asynccontextmanager
async def open_feed(settings: Settings) -> AsyncIterator[EventFeed]:
    """Raises KafkaUnusableError."""
    await require_topics(settings, Topic.EVENTS)
    live = LiveEvents(
        kafka=KafkaAccess.of(settings),
        topic=settings.named(Topic.EVENTS),
        partitions=settings.partitions,
        max_bytes=settings.stream_buffer_bytes,
    )
    try:
        async with live.listen() as feed:
            yield feed
    finally:
        await live.stop()


async def events_of(
    feed: EventFeed, client_id: str | None, *, earlier: bool
) -> AsyncGenerator[Sequence[LiveEvent], None]:
    """A client's events, or all: four times a second those that have come, and none where none have.

    `earlier`: those that the feed begins with, too.
    """
    floor = [0] * len(feed.reached) if earlier else feed.now()
    with feed.follow_client(client_id, floor, lambda event: bool(event.told.type)) as subscription:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if subscription.lost:
                subscription.restore()
            yield subscription.take(_ALL)
