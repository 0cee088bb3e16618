"""What both kinds of streams have in common: how they are documented, and their way to the live events."""

import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

from aiohttp.web import Request, StreamResponse

from orderflow.streaming.event_feed import EventFeed
from orderflow.streaming.exchange_opening import KafkaUnusableError
from orderflow.wire import event_shapes
from orderflow.wire.problems import unavailable
from web.facade import Facade, facade_of
from web.http.headers import X_ACCEL_BUFFERING
from web.http.operations import Answer
from web.http.refusals import RETRY_AFTER, RefusedError
from web.live.event_stream import Chunks

log = logging.getLogger(__name__)

STREAM = Answer(shape=event_shapes.Event, headers=(X_ACCEL_BUFFERING,), media_type="text/event-stream")
"""What an operation answers with; the shape is that of its events' data."""


async def answer_live(request: Request, chunks: Chunks) -> StreamResponse:
    """Sends them as long as who asked would be let in."""
    return await facade_of(request).streams.answer(request, _while_admitted(request, chunks))


async def _while_admitted(request: Request, chunks: Chunks) -> Chunks:
    gate = facade_of(request).gate
    async with aclosing(chunks):
        async for chunk in chunks:
            try:
                await gate.check(request)
            except RefusedError:
                return
            yield chunk


@asynccontextmanager
async def listening(facade: Facade) -> AsyncIterator[EventFeed]:
    """The events as they come in; 503 while Kafka is away."""
    try:
        async with facade.live.listen() as feed:
            yield feed
    except KafkaUnusableError as error:
        log.warning("events are out of reach: %s", error)
        raise RefusedError(unavailable("The event topic"), RETRY_AFTER) from error
