"""The facade with a worker in the same process: a command handed in is folded at once and its outcome comes back."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application

from orderflow.access.principal import ANYONE, Principal
from orderflow.adapters.memory_cache import InMemoryCache
from orderflow.adapters.memory_jobs import InMemoryJobs
from orderflow.adapters.memory_orders import InMemoryOrderStore
from orderflow.adapters.memory_pulses import InMemoryPulses
from orderflow.adapters.memory_statistics import InMemoryStatistics
from orderflow.domain.handle import handle
from orderflow.domain.stored import Received
from orderflow.processing.dead_letter_desk import DeadLetterDesk
from orderflow.settings import Settings
from orderflow.streaming.exchange_opening import KafkaUnusableError
from orderflow.streaming.outcome_board import OutcomeBoard
from orderflow.streaming.topic_bindings import encode_asyncapi
from orderflow.wire.commands import decode_command
from orderflow.wire.groups import GroupReading
from orderflow.wire.outcomes import encode_outcome, outcome_message
from orderflow.wire.records import Record, Topic
from tests.builders import NOW, RULES, revised
from tests.documented import check_record, documented
from tests.letters import Post
from tests.unit.happenings import Happenings
from tests.unit.served_facade import served
from tests.unit.worker_refresh import refresh_of
from web.admin.overview import Overview
from web.bulk.jobs import Jobs
from web.facade import FACADE, Facade, OpenGate
from web.live.event_stream import StreamLimits, Streams


@dataclass(kw_only=True)
class Loop:
    """Kafka and a worker in one. `silent`: commands are taken and left lying; `failure`: what enqueue raises.

    `halts`: what the worker has stored, it does not tell.
    """

    store: InMemoryOrderStore = field(default_factory=InMemoryOrderStore)
    cache: InMemoryCache = field(default_factory=InMemoryCache)
    now: float = 0.0
    board: OutcomeBoard = field(init=False)
    silent: bool = False
    skips_cache: bool = False
    halts: bool = False
    ready: bool = True
    refusal: str | None = None
    failure: Exception | None = None
    taken: list[Record] = field(default_factory=list)
    letters: Post = field(default_factory=Post)
    jobs: InMemoryJobs = field(default_factory=InMemoryJobs)
    boards: list[OutcomeBoard] = field(default_factory=list)
    live: Happenings = field(default_factory=Happenings)
    statistics: InMemoryStatistics = field(default_factory=InMemoryStatistics)
    pulses: InMemoryPulses = field(default_factory=InMemoryPulses)
    groups: list[GroupReading] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.board = OutcomeBoard(lambda: self.now)
        self.boards.append(self.board)

    def beside(self) -> "Loop":
        """Another facade of the same deployment: same servers, a memory of its own."""
        shared = ("store", "cache", "jobs", "statistics", "taken", "boards", "silent")
        return Loop(**{name: getattr(self, name) for name in shared})

    async def enqueue(self, order_id: str, value: bytes, headers: Sequence[tuple[str, bytes]] = ()) -> None:
        if self.failure:
            raise self.failure
        offset = len(self.taken)
        record = Record(
            topic="order_commands",
            partition=0,
            offset=offset,
            timestamp=1_767_268_800_000 + offset,
            key=order_id.encode(),
            value=value,
            headers=headers,
        )
        check_record(Topic.COMMANDS, value, headers)
        self.taken.append(record)
        if not self.silent:
            await self.work(record)

    @asynccontextmanager
    async def open_desk(self) -> AsyncIterator[DeadLetterDesk]:
        if not self.ready:
            raise KafkaUnusableError("Kafka does not answer")
        yield self.letters.desk

    async def read_groups(self) -> list[GroupReading]:
        if not self.ready:
            raise KafkaUnusableError("Kafka does not answer")
        return self.groups

    async def work(self, record: Record) -> None:
        """What a worker does with one command."""
        received = decode_command(record, "log")
        assert isinstance(received, Received), received
        order_id = received.command.order_id
        stored = (await self.store.load([order_id])).get(order_id)
        effect = handle(stored, received, NOW, RULES)
        if effect.stored and effect.stored is not stored:
            await self.store.save([self.store.encode(revised(effect.stored))])
        if self.halts:
            return
        if not self.skips_cache:
            await self.cache.refresh(refresh_of(stored, effect))
        for change in effect.stored.history[len(stored.history) if stored else 0 :] if effect.stored else ():
            self.live.happen(change)
        message = outcome_message(effect.outcome, encode_outcome(effect.outcome), cached=not self.skips_cache)
        check_record(message.topic, message.value or b"", message.headers)
        for board in self.boards:
            board.receive(message.value, message.headers)


@dataclass(frozen=True, kw_only=True)
class Client:
    """Speaks HTTP to a facade on the loop."""

    http: TestClient
    loop: Loop

    @property
    def facade(self) -> Facade:
        return self.http.app[FACADE]

    async def send(self, method: str, path: str, **options: object) -> ClientResponse:
        return await self.http.request(method, path, **options)

    async def create(self, **fields: object) -> str:
        answer = await self.send("POST", "/orders", json=ORDER | fields)
        assert answer.status == 201, await answer.text()
        order_id: str = (await answer.json())["order_id"]
        return order_id

    async def move(self, order_id: str, state: str, **options: object) -> ClientResponse:
        return await self.send("PUT", f"/orders/{order_id}/state", json={"new_state": state}, **options)


ASYNCAPI = encode_asyncapi(Settings(_env_file=None))
ORDER = {
    "client_id": "client-123",
    "items": [{"sku": "P001", "name": "Package A", "quantity": 2, "price": 50.0}],
}


@asynccontextmanager
async def running(loop: Loop, **options: Any) -> AsyncIterator[Client]:  # noqa: ANN401
    """The application, served."""
    async with TestClient(TestServer(application(loop, **options)), middlewares=(documented,)) as http:
        yield Client(http=http, loop=loop)


def application(loop: Loop, *, principal: Principal = ANYONE, **more: Any) -> Application:  # noqa: ANN401
    """A real Faust App's web application; no broker is asked. `principal` asks; `more` is a Facade's."""
    keys = count()
    facade = Facade(
        queries=loop.store,
        orders=loop.cache,
        outcomes=loop.cache,
        jobs=Jobs(loop.jobs),
        board=loop.board,
        commands=loop,
        tail=loop,
        lifecycle=RULES.lifecycle,
        wait_seconds=5.0,
        clock=lambda: NOW,
        asyncapi=ASYNCAPI,
        new_key=lambda: f"key-{next(keys)}",
        open_desk=loop.open_desk,
        live=loop.live,
        streams=Streams(StreamLimits()),
        statistics=loop.statistics,
        partitions=2,
        overview=Overview(pulses=loop.pulses, read_groups=loop.read_groups),
        gate=OpenGate(principal),
    )
    return served(replace(facade, **more))
