"""What both kinds of streams have in common: how they are documented, and their way to the live events."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from orderflow.streaming.event_feed import EventFeed
from orderflow.streaming.exchange_opening import KafkaUnusableError
from orderflow.wire import event_shapes
from orderflow.wire.problems import unavailable
from web.facade import Facade
from web.headers import X_ACCEL_BUFFERING
from web.operations import Answer
from web.refusals import RETRY_AFTER, RefusedError

log = logging.getLogger(__name__)

STREAM = Answer(shape=event_shapes.Event, headers=(X_ACCEL_BUFFERING,), media_type="text/event-stream")
"""What an operation answers with; the shape is that of its events' data."""


@asynccontextmanager
async def listening(facade: Facade) -> AsyncIterator[EventFeed]:
    """The events as they come in; 503 while Kafka is away."""
    try:
        async with facade.live.listen() as feed:
            yield feed
    except KafkaUnusableError as error:
        log.warning("events are out of reach: %s", error)
        raise RefusedError(unavailable("The event topic"), RETRY_AFTER) from error
