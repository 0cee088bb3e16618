"""The facade's App: views mounted, and what they work with opened and closed with the HTTP server."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from uuid import uuid4

from orderflow import bootstrap
from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.mongo_queries import MongoOrderQueries
from orderflow.adapters.redis_cache import RedisCache
from orderflow.adapters.redis_jobs import RedisJobs
from orderflow.settings import Settings
from orderflow.streaming import roles
from orderflow.streaming.command_producer import CommandProducer
from orderflow.streaming.desk_opening import open_desk
from orderflow.streaming.live_events import LiveEvents
from orderflow.streaming.outcome_board import OutcomeBoard
from orderflow.streaming.outcome_tail import OutcomeTail
from orderflow.streaming.topic_bindings import encode_asyncapi
from orderflow.streaming.topics import ensure_topics
from orderflow.wire.records import Topic
from web.event_stream import StreamLimits, Streams
from web.facade import Facade
from web.gate_opening import open_gate
from web.jobs import Jobs
from web.mount import mount

app = roles.web()


@asynccontextmanager
async def facade() -> AsyncIterator[Facade]:
    """Starts while servers are away; `/readyz` tells which."""
    settings = app.settings
    prefix, kafka, partitions = settings.topic_prefix, KafkaAccess.of(settings), settings.partitions
    board = OutcomeBoard(time.monotonic)
    tail = OutcomeTail(kafka=kafka, topic=f"{prefix}{Topic.OUTCOMES}", partitions=partitions, board=board)
    topic, check = f"{prefix}{Topic.COMMANDS}", partial(ensure_topics, settings)
    commands = CommandProducer(kafka=kafka, topic=topic, partitions=partitions, check=check)
    event_topic = f"{prefix}{Topic.EVENTS}"
    live = LiveEvents(kafka=kafka, topic=event_topic, partitions=partitions, max_bytes=settings.stream_buffer_bytes)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(live.stop)
        connection = await stack.enter_async_context(bootstrap.mongo(settings))
        redis = await stack.enter_async_context(bootstrap.redis(settings))
        cache = RedisCache(redis, settings.redis_prefix)
        jobs = Jobs(RedisJobs(redis, settings.redis_prefix))
        for follower in (tail, commands):
            await follower.start()
            stack.push_async_callback(follower.stop)
        stack.push_async_callback(jobs.close)
        yield Facade(
            queries=MongoOrderQueries(connection, bootstrap.now),
            orders=cache,
            outcomes=cache,
            jobs=jobs,
            board=board,
            commands=commands,
            tail=tail,
            lifecycle=bootstrap.lifecycle(settings),
            wait_seconds=settings.http_wait_seconds,
            clock=bootstrap.now,
            asyncapi=encode_asyncapi(settings),
            new_key=lambda: uuid4().hex,
            open_desk=partial(open_desk, settings),
            gate=open_gate(settings, connection, redis),
            origins=frozenset(filter(None, settings.cors_origins.split(","))),
            live=live,
            event_topic=event_topic,
            streams=Streams(_limits(settings)),
        )


def _limits(settings: Settings) -> StreamLimits:
    return StreamLimits(
        streams=settings.streams,
        each=settings.streams_per_principal,
        seconds=settings.stream_seconds,
        heartbeat=settings.stream_heartbeat_seconds,
    )


mount(app, facade)
