"""What the views work with: ports and values, built by whoever starts the role."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp.web import AppKey, Request

from orderflow.access.principal import ANYONE, Principal
from orderflow.domain.lifecycle import Lifecycle
from orderflow.insights.ports import StatisticsBoard
from orderflow.metrics.facade import FacadeMetrics
from orderflow.metrics.role import RoleMetrics
from orderflow.ports import Clock, CommandLog, OrderCache, OrderQueries, OutcomeCache
from orderflow.processing.dead_letter_desk import DeadLetterDesk
from orderflow.streaming.event_feed import EventFeed
from orderflow.streaming.outcome_board import OutcomeBoard
from orderflow.tracing.ports import NullRequestTraces, RequestTraces
from orderflow.wire.records import Topic
from web.admin.overview import Overview
from web.bulk.jobs import Jobs
from web.live.event_stream import Streams
from web.orders.single_flight import SingleFlight

BODY_SECONDS = 20.0


class Follower(Protocol):
    """What feeds the board."""

    @property
    def ready(self) -> bool: ...


class LiveEvents(Protocol):
    """`order_events` for who listens. Both raise KafkaUnusableError."""

    def listen(self) -> AbstractAsyncContextManager[EventFeed]: ...

    async def ends(self) -> Sequence[int]:
        """Where each partition ends, whatever has come in here."""


class Gate(Protocol):
    """Knows who asks."""

    async def principal(self, request: Request, /) -> Principal:
        """Raises RefusedError where that is not known, or where it asks too often."""

    async def check(self, request: Request, /) -> None:
        """A request that goes on: raises RefusedError where it would not be let in any more. It costs nothing."""

    async def charge(self, principal: Principal, times: int, /) -> None:
        """A request of that principal did as much as so many more would."""


class OpenGate:
    """Asks nobody: everybody is the same principal."""

    def __init__(self, principal: Principal = ANYONE) -> None:
        self._principal = principal

    async def principal(self, _request: Request, /) -> Principal:
        return self._principal

    async def check(self, _request: Request, /) -> None: ...

    async def charge(self, _principal: Principal, _times: int, /) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Facade:
    """`wait_seconds` is how long a write waits for its outcome; `new_key` makes a word never used before.

    `asyncapi` describes this deployment's topics. `open_desk` raises KafkaUnusableError; `admin` is held by who works
    at the desk. `origins` are those whose pages may call; a body has to be there within `body_seconds`.
    """

    queries: OrderQueries
    orders: OrderCache
    outcomes: OutcomeCache
    jobs: Jobs
    board: OutcomeBoard
    commands: CommandLog
    tail: Follower
    lifecycle: Lifecycle
    wait_seconds: float
    clock: Clock
    asyncapi: bytes
    new_key: Callable[[], str]
    open_desk: Callable[[], AbstractAsyncContextManager[DeadLetterDesk]]
    live: LiveEvents
    streams: Streams
    statistics: StatisticsBoard
    partitions: int
    overview: Overview
    event_topic: str = Topic.EVENTS
    gate: Gate = field(default_factory=OpenGate)
    origins: frozenset[str] = frozenset()
    metrics: FacadeMetrics = field(default_factory=lambda: FacadeMetrics(RoleMetrics("web")))
    traces: RequestTraces = field(default_factory=NullRequestTraces)
    body_seconds: float = BODY_SECONDS
    flights: SingleFlight = field(default_factory=SingleFlight)
    admin: asyncio.Lock = field(default_factory=asyncio.Lock)


FACADE = AppKey("facade", Facade)


def facade_of(request: Request) -> Facade:
    return request.app[FACADE]
