"""The end of a recovery: what is fetched while it ends has to reach the streams, with our class and with Faust's."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from faust.tables.recovery import Recovery
from faust.types import TP
from mode.utils.queues import FlowControlEvent, FlowControlQueue

from orderflow.settings import Settings
from orderflow.streaming.app import OrderflowApp
from orderflow.streaming.safe_tables import SafeRecovery, SafeTableManager
from tests.unit.faust_consumers import only_ours

STREAM, CHANGELOG = TP("order_events", 0), TP("statistics-changelog", 0)
BOTH = pytest.mark.parametrize("kind", [Recovery, SafeRecovery], ids=["Faust's", "ours"])


async def done(*_: object, **__: object) -> None:
    """It is done."""


class World:
    """Plays the app and its consumer: a stream's queue is fed once its partition is resumed and its position set."""

    def __init__(self) -> None:
        self.flow = FlowControlEvent()
        self.queue: FlowControlQueue = FlowControlQueue(flow_control=self.flow, clear_on_resume=True)
        self.resumed: set[TP] = set()
        self.fetched: list[int] = []
        self.calls: list[str] = []
        self.told: list[Any] = []
        self.consumer_generation_id = 3
        # Changelogs were read a moment ago, so records flow already.
        self.flow.resume()

    def app(self) -> Any:  # noqa: ANN401
        return SimpleNamespace(
            on_rebalance_complete=SimpleNamespace(send=done),
            on_rebalance_end=self.say("rebalance ended"),
            consumer=self,
            flow_control=self.flow,
            consumer_generation_id=self.consumer_generation_id,
            conf=SimpleNamespace(broker_request_timeout=5, stream_recovery_delay=0),
            _fetcher=SimpleNamespace(maybe_start=done),
            assignor=SimpleNamespace(assigned_standbys=set),
        )

    def tables(self) -> Any:  # noqa: ANN401
        table = Table(on_recovery_completed=self.recovered)
        return Tables({"statistics": table}, {CHANGELOG.topic}, self.say("actives ready"), self.say("standbys ready"))

    def say(self, words: str) -> Any:  # noqa: ANN401
        return lambda: self.calls.append(words)

    async def recovered(self, actives: object, standbys: object) -> None:
        self.told.append((actives, standbys))

    def assignment(self) -> set[TP]:
        return {STREAM, CHANGELOG}

    def resume_partitions(self, partitions: set[TP]) -> None:
        self.resumed |= partitions

    async def perform_seek(self) -> None:
        self.fetch()

    def resume_flow(self) -> None:
        self.fetch()

    def fetch(self) -> None:
        if STREAM in self.resumed:
            self.fetched.append(len(self.fetched))
            self.queue.put_nowait(self.fetched[-1])


class Table(SimpleNamespace):
    __hash__ = object.__hash__


class Tables(dict[str, Table]):
    """What a recovery asks of its tables."""

    def __init__(self, tables: dict[str, Table], changelog_topics: set[str], *ready: Any) -> None:  # noqa: ANN401
        super().__init__(tables)
        self.changelog_topics = changelog_topics
        self.on_actives_ready, self.on_standbys_ready = ready


def recovery_in(world: World, kind: type) -> Any:  # noqa: ANN401
    return kind(world.app(), world.tables(), loop=asyncio.get_running_loop())


@BOTH
async def test_what_is_fetched_while_a_recovery_ends_reaches_the_stream(kind: type) -> None:
    world = World()

    await recovery_in(world, kind).on_recovery_completed(3)

    waiting = [world.queue.get_nowait() for _ in range(world.queue.qsize())]
    assert world.fetched
    only_ours(kind, right=waiting == world.fetched)


@BOTH
async def test_streams_and_tables_go_on_when_a_recovery_is_over(kind: type) -> None:
    world = World()
    recovery = recovery_in(world, kind)

    await recovery.on_recovery_completed(3)

    assert world.resumed == {STREAM}, "a changelog is read in recoveries only"
    assert recovery.completed.is_set()
    assert len(world.told) == 1
    assert world.calls == ["actives ready", "standbys ready", "rebalance ended"]


@BOTH
async def test_a_recovery_that_the_next_rebalance_overtook_resumes_nothing(kind: type) -> None:
    world = World()
    recovery = recovery_in(world, kind)

    await recovery.on_recovery_completed(2)

    assert (world.resumed, world.fetched, recovery.completed.is_set()) == (set(), [], False)
    only_ours(kind, right=not world.told)


def test_every_role_recovers_its_tables_this_way() -> None:
    app = OrderflowApp(Settings(), role="test")
    assert isinstance(app.tables, SafeTableManager)
    assert isinstance(app.tables.recovery, SafeRecovery)
    assert app.tables.recovery is app.tables.recovery
