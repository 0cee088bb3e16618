"""The facade's App: views mounted, and what they work with opened and closed with the HTTP server."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import NamedTuple, Self
from uuid import uuid4

from orderflow import bootstrap
from orderflow.adapters.kafka_access import KafkaAccess
from orderflow.adapters.mongo_connection import MongoConnection
from orderflow.adapters.mongo_queries import MongoOrderQueries
from orderflow.adapters.redis_cache import RedisCache
from orderflow.adapters.redis_connection import RedisConnection
from orderflow.adapters.redis_jobs import RedisJobs
from orderflow.adapters.redis_pulses import RedisPulses
from orderflow.adapters.redis_statistics import RedisStatistics
from orderflow.metrics.facade import FacadeMetrics
from orderflow.settings import Settings
from orderflow.streaming import roles
from orderflow.streaming.command_producer import CommandProducer
from orderflow.streaming.desk_opening import open_desk
from orderflow.streaming.group_readings import read_groups
from orderflow.streaming.live_events import LiveEvents
from orderflow.streaming.outcome_board import OutcomeBoard
from orderflow.streaming.outcome_tail import OutcomeTail
from orderflow.streaming.topic_bindings import encode_asyncapi
from orderflow.streaming.topics import ensure_topics
from orderflow.tracing.ports import Tracing
from orderflow.wire.records import Topic
from web.access.opening import open_gate
from web.admin.overview import Overview
from web.bulk.jobs import Jobs
from web.facade import Facade
from web.live.event_stream import StreamLimits, Streams
from web.mount import mount

app = roles.web()


@asynccontextmanager
async def facade() -> AsyncIterator[Facade]:
    """Starts while servers are away; `/readyz` tells which."""
    settings = app.settings
    kafka = OnKafka.of(settings)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(kafka.live.stop)
        connection = await stack.enter_async_context(bootstrap.mongo(settings))
        redis = await stack.enter_async_context(bootstrap.redis(settings))
        tracing = await stack.enter_async_context(bootstrap.tracing("web"))
        for follower in (kafka.tail, kafka.commands):
            await follower.start()
            stack.push_async_callback(follower.stop)
        built = _built(settings, connection, redis, tracing, kafka)
        stack.push_async_callback(built.jobs.close)
        yield built


class OnKafka(NamedTuple):
    """What the facade has to do with Kafka; `tail` feeds `board`."""

    board: OutcomeBoard
    tail: OutcomeTail
    commands: CommandProducer
    live: LiveEvents

    @classmethod
    def of(cls, settings: Settings) -> Self:
        kafka, board = KafkaAccess.of(settings), OutcomeBoard(time.monotonic)
        return cls(board, _tail(settings, kafka, board), _commands(settings, kafka), _live(settings, kafka))


def _built(
    settings: Settings, connection: MongoConnection, redis: RedisConnection, tracing: Tracing, kafka: OnKafka
) -> Facade:
    return Facade(
        queries=MongoOrderQueries(connection, bootstrap.now),
        orders=(cache := RedisCache(redis, settings.redis_prefix)),
        outcomes=cache,
        jobs=Jobs(RedisJobs(redis, settings.redis_prefix)),
        lifecycle=bootstrap.lifecycle(settings),
        wait_seconds=settings.http_wait_seconds,
        clock=bootstrap.now,
        asyncapi=encode_asyncapi(settings),
        new_key=lambda: uuid4().hex,
        open_desk=partial(open_desk, settings),
        gate=open_gate(settings, connection, redis),
        origins=frozenset(filter(None, settings.cors_origins.split(","))),
        event_topic=settings.named(Topic.EVENTS),
        streams=Streams(_limits(settings)),
        statistics=RedisStatistics(redis, settings.redis_prefix),
        partitions=settings.partitions,
        metrics=FacadeMetrics(app.metrics),
        overview=Overview(pulses=RedisPulses(redis, settings.redis_prefix), read_groups=partial(read_groups, settings)),
        board=kafka.board,
        tail=kafka.tail,
        commands=tracing.commands(kafka.commands),
        traces=tracing.requests,
        live=kafka.live,
    )


def _tail(settings: Settings, kafka: KafkaAccess, board: OutcomeBoard) -> OutcomeTail:
    topic = settings.named(Topic.OUTCOMES)
    return OutcomeTail(kafka=kafka, topic=topic, partitions=settings.partitions, board=board)


def _commands(settings: Settings, kafka: KafkaAccess) -> CommandProducer:
    topic, check = settings.named(Topic.COMMANDS), partial(ensure_topics, settings)
    return CommandProducer(kafka=kafka, topic=topic, partitions=settings.partitions, check=check)


def _live(settings: Settings, kafka: KafkaAccess) -> LiveEvents:
    return LiveEvents(
        kafka=kafka,
        topic=settings.named(Topic.EVENTS),
        partitions=settings.partitions,
        max_bytes=settings.stream_buffer_bytes,
    )


def _limits(settings: Settings) -> StreamLimits:
    return StreamLimits(
        streams=settings.streams,
        each=settings.streams_per_principal,
        seconds=settings.stream_seconds,
        heartbeat=settings.stream_heartbeat_seconds,
    )


mount(app, facade)
